// Everything of devmap but the fake kernel.
#pragma once

#include <devmap/block.hpp>
#include <devmap/device_mapper.hpp>
#include <devmap/error.hpp>
#include <devmap/kernel.hpp>
#include <devmap/name.hpp>
#include <devmap/table.hpp>
#include <devmap/task.hpp>
#include <devmap/thin_pool.hpp>
#include <devmap/types.hpp>
#include <devmap/udev.hpp>
#include <devmap/version.hpp>
