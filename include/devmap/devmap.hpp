// Everything of devmap but the fake kernel.
#pragma once

#include <devmap/block.hpp>
#include <devmap/block_queue.hpp>
#include <devmap/capabilities.hpp>
#include <devmap/dependencies.hpp>
#include <devmap/device.hpp>
#include <devmap/device_mapper.hpp>
#include <devmap/device_ref.hpp>
#include <devmap/error.hpp>
#include <devmap/events.hpp>
#include <devmap/kernel.hpp>
#include <devmap/name.hpp>
#include <devmap/query.hpp>
#include <devmap/reload.hpp>
#include <devmap/suspension.hpp>
#include <devmap/table.hpp>
#include <devmap/table_diff.hpp>
#include <devmap/targets.hpp>
#include <devmap/task.hpp>
#include <devmap/thin_pool.hpp>
#include <devmap/types.hpp>
#include <devmap/udev.hpp>
#include <devmap/version.hpp>
