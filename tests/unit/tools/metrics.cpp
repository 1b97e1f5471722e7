// The text of `devmap metrics`: its form, and the samples of each typed status.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "show/metrics.hpp"
#include "show/metrics_samples.hpp"

using namespace devmap;
using namespace tool;

namespace {

DeviceReading reading(std::string name, std::vector<Row> rows) {
  DeviceReading device{std::move(name), true};
  device.info.exists = device.info.liveTable = true;
  device.info.name = device.name;
  device.info.device = {253, 4};
  device.rows = std::move(rows);
  return device;
}

std::string metricsOf(std::string type, std::string status, Sectors poolBlock = {}) {
  DeviceReading device =
      reading("x", {{Sectors{0}, Sectors{20480}, std::move(type), std::move(status)}});
  device.poolBlock = poolBlock;
  return metricsText(std::span(&device, 1));
}

std::vector<std::string> linesOf(std::string_view text) {
  std::vector<std::string> lines;
  for (std::size_t end = 0; !text.empty(); text.remove_prefix(end + 1)) {
    end = text.find('\n');
    REQUIRE(end != std::string_view::npos);
    lines.emplace_back(text.substr(0, end));
  }
  return lines;
}

/// Only the samples of these types of metric.
std::string samplesOf(std::string_view prefix, std::string type, std::string status,
                      Sectors poolBlock = {}) {
  std::string samples;
  for (const std::string& line : linesOf(metricsOf(std::move(type), std::move(status), poolBlock)))
    if (line.starts_with(prefix)) samples += line.substr(prefix.size()) + '\n';
  return samples;
}

/// Checks the form: HELP, TYPE, samples of one metric, then of the next. Each name and each series
/// is there once, and only counters end in `_total`.
void checkForm(std::string_view text) {
  std::set<std::string> names;
  std::set<std::string> series;
  std::string current;
  for (const std::string& line : linesOf(text)) {
    CAPTURE(line);
    if (line.starts_with("# HELP ")) {
      current = line.substr(7, line.find(' ', 7) - 7);
      CHECK(names.insert(current).second);
      CHECK(current.starts_with("devmap_"));
    } else if (line.starts_with("# TYPE ")) {
      const bool counter = current.ends_with("_total");
      CHECK(line == "# TYPE " + current + (counter ? " counter" : " gauge"));
    } else {
      CHECK(line.substr(0, line.find_first_of("{ ")) == current);
      CHECK(series.insert(line.substr(0, line.rfind(' '))).second);
      CHECK(line.find_first_not_of("0123456789", line.rfind(' ') + 1) == std::string::npos);
    }
  }
}

}  // namespace

TEST_CASE("metrics: no device") {
  CHECK(metricsText({}) ==
        "# HELP devmap_devices Devices that were looked at.\n# TYPE devmap_devices "
        "gauge\ndevmap_devices 0\n");
}

TEST_CASE("metrics: the whole text of one that is there and one that failed") {
  std::vector<DeviceReading> devices{reading(
      "disk", {{Sectors{0}, Sectors{8}, "zero", ""}, {Sectors{8}, Sectors{2}, "error", ""}})};
  devices[0].info.openCount = 3;
  devices[0].info.eventNr = 7;
  devices[0].info.suspended = true;
  devices[0].info.uuid = "U-1";
  devices.push_back({"gone"});
  const std::string text = metricsText(devices);
  checkForm(text);
  CHECK(text == R"(# HELP devmap_devices Devices that were looked at.
# TYPE devmap_devices gauge
devmap_devices 2
# HELP devmap_device_up 1: the device could be read. 0: it failed or is gone, and has no samples.
# TYPE devmap_device_up gauge
devmap_device_up{name="disk"} 1
devmap_device_up{name="gone"} 0
# HELP devmap_device_info Always 1. Labels: number in the kernel, and uuid.
# TYPE devmap_device_info gauge
devmap_device_info{name="disk",number="253:4",uuid="U-1"} 1
# HELP devmap_device_size_bytes Size of the device by its live table.
# TYPE devmap_device_size_bytes gauge
devmap_device_size_bytes{name="disk"} 5120
# HELP devmap_device_open_handles How often the device is open.
# TYPE devmap_device_open_handles gauge
devmap_device_open_handles{name="disk"} 3
# HELP devmap_device_suspended 1: I/O is held back.
# TYPE devmap_device_suspended gauge
devmap_device_suspended{name="disk"} 1
# HELP devmap_device_read_only 1: the device is read-only.
# TYPE devmap_device_read_only gauge
devmap_device_read_only{name="disk"} 0
# HELP devmap_device_live_table 1: the device has a live table.
# TYPE devmap_device_live_table gauge
devmap_device_live_table{name="disk"} 1
# HELP devmap_device_inactive_table 1: a table is loaded that the next resume makes live.
# TYPE devmap_device_inactive_table gauge
devmap_device_inactive_table{name="disk"} 0
# HELP devmap_device_deferred_remove 1: the device is removed on last close.
# TYPE devmap_device_deferred_remove gauge
devmap_device_deferred_remove{name="disk"} 0
# HELP devmap_device_events_total Events of the device, as the kernel counts them.
# TYPE devmap_device_events_total counter
devmap_device_events_total{name="disk"} 7
# HELP devmap_target_size_bytes Length of each row of the live table. Label: target type.
# TYPE devmap_target_size_bytes gauge
devmap_target_size_bytes{name="disk",row="0",type="zero"} 4096
devmap_target_size_bytes{name="disk",row="1",type="error"} 1024
)");
}

TEST_CASE("metrics: labels are escaped, and UTF-8 whatever the name is") {
  CHECK(labelValue("a\"b\\c\nd") == R"("a\"b\\c\nd")");
  for (const char* good :
       {"", "plain", "ü", "€", "\xf0\x9f\x98\x80", "\x7f", "\xef\xbf\xbf", "\xf4\x8f\xbf\xbf"})
    CHECK(isUtf8(good));
  for (const char* bad : {"\xff", "\xc3", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80",
                          "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\x80", "a\xe2\x82"})
    CHECK_FALSE(isUtf8(bad));
  CHECK(asUtf8("a\\\xff ") == "a\\x5c\\xff ");
  const std::vector<DeviceReading> devices{reading("\xff", {}), reading("\\xff", {}),
                                           reading("q\"\\\n", {})};
  const std::string text = metricsText(devices);
  checkForm(text);
  CHECK(text.find(R"(devmap_device_up{name="\\xff"} 1)") != std::string::npos);
  CHECK(text.find(R"x(devmap_device_up{name="\\xff (253:4)"} 1)x") != std::string::npos);
  CHECK(text.find(R"(devmap_device_up{name="q\"\\\n"} 1)") != std::string::npos);
}

TEST_CASE("metrics: a device that was named twice counts once") {
  const std::vector<DeviceReading> devices{reading("a", {}), reading("a", {}), {"b"}, {"b"}};
  const std::string text = metricsText(devices);
  checkForm(text);
  CHECK(text.find("devmap_devices 2\n") != std::string::npos);
}

TEST_CASE("metrics: thin pools") {
  const std::string_view line =
      "7 11/100 23/50 3 ro discard_passdown error_if_no_space needs_check 1024";
  CHECK(samplesOf("devmap_thin_pool_", "thin-pool", std::string(line), Sectors{128}) ==
        R"(data_used_bytes{name="x",row="0"} 1507328
data_size_bytes{name="x",row="0"} 3276800
metadata_used_bytes{name="x",row="0"} 45056
metadata_size_bytes{name="x",row="0"} 409600
mode{name="x",row="0",mode="rw"} 0
mode{name="x",row="0",mode="ro"} 1
mode{name="x",row="0",mode="out_of_data_space"} 0
needs_check{name="x",row="0"} 1
held_root{name="x",row="0"} 1
transaction_id{name="x",row="0"} 7
queue_if_no_space{name="x",row="0"} 0
)");
  // Without the size of a block nothing is shown in bytes.
  CHECK(samplesOf("devmap_thin_pool_data", "thin-pool", std::string(line)).empty());
  for (const char* word : {"Fail", "Error"}) {
    CHECK(samplesOf("devmap_thin_pool", "thin-pool", word, Sectors{128}).empty());
    CHECK(samplesOf("devmap_target_failed", "thin-pool", word) == "{name=\"x\",row=\"0\"} 1\n");
  }
}

TEST_CASE("metrics: what a one-word status does not say is absent") {
  const struct {
    const char *type, *word, *prefix;
  } cases[] = {{"thin", "Fail", "devmap_thin_"},
               {"thin", "-", "devmap_thin_"},
               {"cache", "Fail", "devmap_cache_"},
               {"cache", "Error", "devmap_cache_"},
               {"clone", "Fail", "devmap_clone_"},
               {"era", "Error", "devmap_era_"},
               {"snapshot", "Invalid", "devmap_snapshot_used"},
               {"snapshot", "Overflow", "devmap_snapshot_size"}};
  for (const auto& it : cases) {
    CAPTURE(it.type);
    CAPTURE(it.word);
    CHECK(samplesOf(it.prefix, it.type, it.word).empty());
    if (std::string_view(it.word) != "-")
      CHECK(samplesOf("devmap_target_failed", it.type, it.word) == "{name=\"x\",row=\"0\"} 1\n");
  }
  CHECK(samplesOf("devmap_snapshot_state", "snapshot", "Merge failed")
            .find("state=\"merge_failed\"} 1\n") != std::string::npos);
  CHECK(samplesOf("devmap_thin_", "thin", "nonsense").empty());
}

TEST_CASE("metrics: the other targets") {
  CHECK(samplesOf("devmap_thin_", "thin", "2048 20479") ==
        "mapped_bytes{name=\"x\",row=\"0\"} 1048576\n");
  CHECK(samplesOf("devmap_snapshot_used", "snapshot", "16/2048 8") ==
        "_bytes{name=\"x\",row=\"0\"} 8192\n");
  CHECK(samplesOf("devmap_snapshot_metadata", "snapshot-merge", "16/2048 8") ==
        "_bytes{name=\"x\",row=\"0\"} 4096\n");
  const char* cache =
      "8 27/2048 128 3/160 5 6 7 8 1 2 4 1 writethrough 2 migration_threshold 2048 smq 0 rw -";
  CHECK(samplesOf("devmap_cache_hits", "cache", cache) ==
        "_total{name=\"x\",row=\"0\",operation=\"read\"} "
        "5\n_total{name=\"x\",row=\"0\",operation=\"write\"} 7\n");
  CHECK(samplesOf("devmap_cache_dirty", "cache", cache) == "_bytes{name=\"x\",row=\"0\"} 262144\n");
  CHECK(samplesOf("devmap_raid_devices", "raid", "raid5_ls 4 AaD- 1000/2000 recover 3 0 -") ==
        R"({name="x",row="0",health="in_sync"} 1
{name="x",row="0",health="not_in_sync"} 1
{name="x",row="0",health="failed"} 1
{name="x",row="0",health="missing"} 1
)");
  CHECK(samplesOf("devmap_raid_synced", "raid", "raid1 2 AA 1000/2000 idle 3 0 -") ==
        "_bytes{name=\"x\",row=\"0\"} 512000\n");
  CHECK(samplesOf("devmap_raid_mismatches", "raid", "raid1 2 AA 1000/2000 idle 3 0 -") ==
        "{name=\"x\",row=\"0\"} 3\n");
  CHECK(samplesOf("devmap_raid_action{name=\"x\",row=\"0\",action=\"recover\"}", "raid",
                  "raid1 2 Aa 1/2 recover 0 0 -") == " 1\n");
  CHECK(samplesOf("devmap_mirror_legs", "mirror", "2 7:0 7:1 3/8 1 AD 1 core") ==
        "{name=\"x\",row=\"0\",health=\"alive\"} 1\n{name=\"x\",row=\"0\",health=\"failed\"} 1\n");
  CHECK(
      samplesOf("devmap_multipath_", "multipath", "2 0 0 0 2 1 A 0 1 0 8:0 A 2 E 0 1 0 8:16 F 5") ==
      R"(paths{name="x",row="0",state="active"} 1
paths{name="x",row="0",state="failed"} 1
path_active{name="x",row="0",group="1",path="1",device="8:0"} 1
path_active{name="x",row="0",group="2",path="1",device="8:16"} 0
path_failures_total{name="x",row="0",group="1",path="1",device="8:0"} 2
path_failures_total{name="x",row="0",group="2",path="1",device="8:16"} 5
)");
  CHECK(samplesOf("devmap_verity_corrupted", "verity", "C") == "{name=\"x\",row=\"0\"} 1\n");
  CHECK(samplesOf("devmap_verity_corrupted", "verity", "V") == "{name=\"x\",row=\"0\"} 0\n");
  CHECK(
      samplesOf("devmap_integrity_", "integrity", "3 16384 -") ==
      "mismatches_total{name=\"x\",row=\"0\"} 3\ndata_size_bytes{name=\"x\",row=\"0\"} 8388608\n");
  CHECK(samplesOf("devmap_writecache_blocks", "writecache", "0 100 60 5")
            .find("state=\"free\"} 60\n") != std::string::npos);
  CHECK(samplesOf("devmap_era_", "era", "8 5/100 17 -") ==
        "current{name=\"x\",row=\"0\"} 17\nmetadata_used_bytes{name=\"x\",row=\"0\"} "
        "20480\nmetadata_size_bytes{name=\"x\",row=\"0\"} "
        "409600\n");
  CHECK(samplesOf("devmap_clone_hydrated", "clone",
                  "8 5/100 8 3/10 2 0 2 hydration_threshold 1 rw") ==
        "_bytes{name=\"x\",row=\"0\"} 12288\n");
  CHECK(samplesOf("devmap_vdo_used", "vdo", "/dev/sda normal - online online 10 100") ==
        "_bytes{name=\"x\",row=\"0\"} 40960\n");
  CHECK(samplesOf("devmap_target_failed", "linear", "").empty());
}

TEST_CASE("metrics: a row whose status was not asked for gives its size alone") {
  DeviceReading device = reading("x", {{Sectors{0}, Sectors{8}, "era", ""}});
  device.statusRead = false;
  const std::string text = metricsText(std::span(&device, 1));
  CHECK(text.find("devmap_era") == std::string::npos);
  CHECK(text.find("devmap_target_size_bytes{name=\"x\",row=\"0\",type=\"era\"} 4096") !=
        std::string::npos);
}
