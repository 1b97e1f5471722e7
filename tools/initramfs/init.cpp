// /init of an initramfs that holds only kernel modules and tables. It makes the devices that
// /tables describes, in the order of their file names. Then it mounts /dev/mapper/root, read-only,
// as the root file system and starts its /sbin/init. Static builds make it next to the tool. To
// pack it: tools/initramfs/make.

#include <devmap/devmap.hpp>

#include "early.hpp"

int main() {
  early::mountSystem();  // /proc, /sys, /dev
  early::loadModules("/modules");
  auto context = devmap::DeviceMapper::open();
  if (!context) early::stop(context.error().message());
  for (const early::Table& table : early::readTables("/tables")) {
    auto rows = devmap::parseTable(table.text);
    if (!rows) early::stop(rows.error().message());
    auto device =
        devmap::create(*context, table.name, *rows, {.readOnly = table.readOnly, .secure = true});
    if (!device) early::stop(device.error().message());
  }
  early::run({"/sbin/devmap", "table"});  // the tool, if the image has it
  early::enterRoot("/dev/mapper/root");
}
