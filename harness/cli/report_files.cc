#include "harness/cli/report_files.h"

#include <algorithm>
#include <sstream>

#include "harness/suggestion.h"

namespace bottle {
namespace {

std::string rendered(const ReportFormat& format, const RunRecord& record) {
  std::ostringstream text;
  format.write(record, text);
  return text.str();
}

}  // namespace

Result<std::vector<OutputFile>> open_targets(const std::vector<ReportTarget>& targets,
                                             const std::vector<std::string>& formats) {
  std::vector<OutputFile> files;
  for (const ReportTarget& target : targets) {
    if (std::find(formats.begin(), formats.end(), target.format) == formats.end())
      return fail("unknown report format \"" + target.format + "\"" + suggestion(target.format, formats), Fault::usage);
    BOTTLE_TRY(OutputFile file, OutputFile::open(target.file));
    if (std::any_of(files.begin(), files.end(), [&](const auto& other) { return other.place() == file.place(); }))
      return fail("two reports go to " + target.file, Fault::usage);
    files.push_back(std::move(file));
  }
  return files;
}

Result<ReportFiles> ReportFiles::open(const std::vector<ReportTarget>& targets,
                                      const std::vector<ReportFormat>& formats) {
  std::vector<std::string> names;
  for (const ReportFormat& one : formats) names.emplace_back(one.name);
  BOTTLE_TRY(const auto opened, open_targets(targets, names));
  ReportFiles files;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const auto format =
        std::find_if(formats.begin(), formats.end(), [&](const auto& one) { return one.name == targets[i].format; });
    files.targets_.push_back({*format, opened[i]});
  }
  return files;
}

void ReportFiles::keep(const RunRecord& record) const {
  for (const Target& target : targets_) {
    if (target.format.name != "json" || !target.file.can_be_replaced()) continue;
    (void)target.file.write(rendered(target.format, record));  // the last write says what is wrong
  }
}

Result<void> ReportFiles::write(const RunRecord& record) const {
  Result<void> outcome;
  for (const Target& target : targets_) {
    if (const auto written = target.file.write(rendered(target.format, record)); !written) outcome = written;
  }
  return outcome;
}

}  // namespace bottle
