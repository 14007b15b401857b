#include "reports/selftest_json.h"

#include <nlohmann/json.hpp>

namespace bottle {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const SelftestFigures& figures) {
  return {{"holes", figures.holes()},
          {"open", figures.open},
          {"dead", figures.dead},
          {"hostile", figures.hostile},
          {"caught", figures.caught},
          {"false_passes", figures.false_passes},
          {"false_alarms", figures.false_alarms},
          {"unexplained", figures.unexplained},
          {"not_run", figures.not_run},
          {"unsupported", figures.unsupported},
          {"asked_again", figures.asked_again},
          {"known_gaps", figures.known_gaps},
          {"believed", figures.believed},
          {"sound", figures.sound()}};
}

Json to_json(const SelftestCell& cell) {
  return {{"case", cell.case_id},
          {"variant", cell.variant},
          {"promise", name_of(cell.promise)},
          {"verdict", name_of(cell.verdict)},
          {"grade", name_of(cell.grade)},
          {"reason", cell.reason}};
}

Json to_json(const std::vector<SelftestCell>& cells) {
  Json all = Json::array();
  for (const SelftestCell& cell : cells) all.push_back(to_json(cell));
  return all;
}

Json to_json(const SelftestBottle& bottle) {
  return {{"name", bottle.name},
          {"title", bottle.title},
          {"kind", bottle.kind},
          {"caught", bottle.caught()},
          {"unsupported", bottle.unsupported},
          {"problem", bottle.problem},
          {"wall_ns", bottle.wall_ns},
          {"cells", to_json(bottle.cells)},
          {"asked_again", to_json(bottle.asked_again)}};
}

}  // namespace

std::string selftest_json(const SelftestRecord& record) {
  Json bottles = Json::array();
  for (const SelftestBottle& bottle : record.bottles) bottles.push_back(to_json(bottle));
  const Json whole = {{"schema", kSelftestSchema},
                      {"tool_version", record.tool_version},
                      {"started", record.started},
                      {"backend", record.backend},
                      {"host", record.host},
                      {"profile", record.profile},
                      {"wall_ns", record.wall_ns},
                      {"interrupted", record.interrupted},
                      {"figures", to_json(figures_of(record))},
                      {"cases", record.cases},
                      {"bottles", bottles}};
  return whole.dump(2) + "\n";
}

}  // namespace bottle
