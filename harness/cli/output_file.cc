#include "harness/cli/output_file.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>

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

Result<OutputFile> OutputFile::open(const std::string& path) {
  const OutputFile file(path == "-" || is_special(path) ? path : place_of(path));
  if (path == "-") return file;
  if (const auto tried = try_out(file.place_); !tried) return fail(tried.error());
  return file;
}

bool OutputFile::can_be_replaced() const { return place_ != "-" && !is_special(place_); }

Result<void> OutputFile::write(const std::string& bytes) const {
  if (place_ != "-") return write_whole(place_, bytes);
  std::cout << bytes << std::flush;
  if (!std::cout) return fail("could not write to stdout");
  return {};
}

}  // namespace bottle
