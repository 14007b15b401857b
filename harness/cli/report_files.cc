#include "harness/cli/report_files.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "harness/suggestion.h"

namespace bottle {
namespace {

std::string beside(const std::string& file) { return file + ".tmp" + std::to_string(::getpid()); }

// A device, a pipe: to be written to, never to be replaced.
bool is_special(const std::string& file) {
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  return std::filesystem::exists(status) && !std::filesystem::is_regular_file(status);
}

// Where the file is in the end: a link is followed, not replaced.
std::string place_of(const std::string& file) {
  namespace fs = std::filesystem;
  std::error_code error;
  fs::path place = file;
  for (int links = 0; links < 40 && fs::is_symlink(fs::symlink_status(place, error)); ++links)
    place = place.parent_path() / fs::read_symlink(place, error);  // also one that leads to nothing yet
  place = fs::weakly_canonical(place, error);
  return error ? file : place.string();
}

Result<void> write_special(const std::string& file, const std::string& bytes) {
  std::ofstream out(file, std::ios::binary);
  out << bytes;
  out.close();
  if (!out) return fail("could not write " + file + ": " + std::strerror(errno));
  return {};
}

Result<void> write_whole(const std::string& file, const std::string& bytes) {
  if (is_special(file)) return write_special(file, bytes);
  const std::string temporary = beside(file);
  {
    std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
    out << bytes;
    out.close();
    if (!out) {
      std::error_code ignored;
      std::filesystem::remove(temporary, ignored);
      return fail("could not write " + file + "; is the disk full?");
    }
  }
  std::error_code error;
  std::filesystem::rename(temporary, file, error);
  if (error) return fail("could not write " + file + ": " + error.message());
  return {};
}

Result<void> try_out(const std::string& file) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (fs::is_directory(file, error))
    return fail("cannot write the report to " + file + ": it is a directory", Fault::usage);
  if (is_special(file)) {
    if (::access(file.c_str(), W_OK) == 0) return {};
    return fail("cannot write the report to " + file + ": " + std::strerror(errno), Fault::usage);
  }
  const fs::path folder = fs::path(file).parent_path();
  if (!folder.empty()) fs::create_directories(folder, error);
  const std::string temporary = beside(file);
  std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
  if (!out)
    return fail("cannot write the report to " + file + ": " + std::strerror(errno) + "; choose another path for -o",
                Fault::usage);
  out.close();
  fs::remove(temporary, error);
  return {};
}

}  // namespace

Result<ReportFiles> ReportFiles::open(const std::vector<ReportTarget>& targets,
                                      const std::vector<ReportFormat>& formats) {
  ReportFiles files;
  for (const ReportTarget& target : targets) {
    const auto format =
        std::find_if(formats.begin(), formats.end(), [&](const ReportFormat& f) { return f.name == target.format; });
    if (format == formats.end()) {
      std::vector<std::string> names;
      for (const ReportFormat& one : formats) names.emplace_back(one.name);
      return fail("unknown report format \"" + target.format + "\"" + suggestion(target.format, names), Fault::usage);
    }
    const std::string place = target.file == "-" || is_special(target.file) ? target.file : place_of(target.file);
    const bool twice =
        std::any_of(files.targets_.begin(), files.targets_.end(), [&](const Target& t) { return t.file == place; });
    if (twice) return fail("two reports go to " + target.file, Fault::usage);
    if (target.file != "-") {
      if (const auto tried = try_out(place); !tried) return fail(tried.error());
    }
    files.targets_.push_back({*format, place});
  }
  return files;
}

void ReportFiles::keep(const RunRecord& record) const {
  for (const Target& target : targets_) {
    if (target.format.name != "json" || target.file == "-" || is_special(target.file)) continue;
    std::ostringstream text;
    target.format.write(record, text);
    (void)write_whole(target.file, text.str());  // the last write says what is wrong
  }
}

Result<void> ReportFiles::write(const RunRecord& record) const {
  Result<void> outcome;
  for (const Target& target : targets_) {
    std::ostringstream text;
    target.format.write(record, text);
    if (target.file == "-") {
      std::cout << text.str() << std::flush;
      if (!std::cout) outcome = fail("could not write to stdout");
    } else if (const auto written = write_whole(target.file, text.str()); !written) {
      outcome = fail(written.error());
    }
  }
  return outcome;
}

}  // namespace bottle
