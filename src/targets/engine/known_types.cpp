// Facts about each type that no parser needs. A program that does not ask for them does not link
// them.
#include <devmap/targets.hpp>
#include <targets/engine/registry.hpp>

namespace devmap::targets {
namespace {

using namespace detail;  // NOLINT(google-build-using-namespace): all grammars

struct Known {
  const Grammar* grammar;
  Version mainline;      ///< in Linux 7.2
  const char* messages;  ///< forms, separated by `; `
};
constexpr Known known[] = {
    {&linearGrammar, {1, 5, 0}, ""},
    {&stripedGrammar, {1, 7, 0}, ""},
    {&zeroGrammar, {1, 2, 0}, ""},
    {&errorGrammar, {1, 7, 0}, ""},
    {&unstripedGrammar, {1, 1, 0}, ""},
    {&delayGrammar, {1, 5, 0}, ""},
    {&flakeyGrammar, {1, 5, 0}, ""},
    {&dustGrammar,
     {1, 0, 0},
     "addbadblock BLOCK [FAILURES]; removebadblock BLOCK; queryblock BLOCK; countbadblocks; "
     "clearbadblocks; listbadblocks; enable; "
     "disable; "
     "quiet"},
    {&ebsGrammar, {1, 0, 1}, ""},
    {&logWritesGrammar, {1, 1, 0}, "mark WORD"},
    {&eraGrammar, {1, 0, 0}, "checkpoint; take_metadata_snap; drop_metadata_snap"},
    {&switchGrammar, {1, 1, 0}, "set_region_mappings {[REGION]:PATH | RCYCLE,COUNT}..."},
    {&cryptGrammar, {1, 29, 0}, "key set KEY; key wipe"},
    {&inlinecryptGrammar, {1, 0, 0}, ""},
    {&defaultKeyGrammar, {}, ""},
    {&verityGrammar, {1, 13, 0}, ""},
    {&integrityGrammar, {1, 15, 0}, ""},
    {&thinPoolGrammar,
     {1, 24, 0},
     "create_thin ID; create_snap ID ORIGIN; delete ID; set_transaction_id PRESENT NEXT; "
     "reserve_metadata_snap; release_metadata_snap"},
    {&thinGrammar, {1, 24, 0}, ""},
    {&snapshotGrammar, {1, 16, 0}, ""},
    {&snapshotMergeGrammar, {1, 5, 0}, ""},
    {&snapshotOriginGrammar, {1, 9, 0}, ""},
    {&mirrorGrammar, {1, 15, 0}, ""},
    {&raidGrammar, {1, 15, 1}, "idle; frozen; check; repair; resync; recover"},
    {&cacheGrammar, {2, 4, 0}, "KEY VALUE; invalidate_cblocks {BLOCK | BEGIN-END}..."},
    {&writecacheGrammar, {1, 6, 0}, "flush; flush_on_suspend; cleaner; clear_stats"},
    {&cloneGrammar,
     {1, 0, 0},
     "enable_hydration; disable_hydration; hydration_threshold N; hydration_batch_size N"},
    {&multipathGrammar,
     {1, 15, 0},
     "queue_if_no_path; fail_if_no_path; enable_group N; disable_group N; switch_group N; "
     "reinstate_path DEVICE; fail_path DEVICE"},
    {&zonedGrammar, {2, 0, 0}, "reclaim"},
    {&vdoGrammar,
     {9, 2, 0},
     "stats; config; dump [WORD...]; dump-on-shutdown; compression on|off; index-create; "
     "index-enable; index-disable; index-close"},
    {&pcacheGrammar, {0, 1, 0}, "gc_percent PERCENT"},
    {&userGrammar, {}, ""},
    {&bowGrammar, {}, ""},
};

}  // namespace

std::vector<TypeInfo> knownTypes() noexcept {
  std::vector<TypeInfo> types;
  for (const Known& type : known)
    types.push_back(
        {type.grammar->type, type.grammar->is.attributes, type.mainline, type.messages});
  return types;
}

}  // namespace devmap::targets
