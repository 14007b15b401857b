// bench-samples FOLDER: every report of every sample session, and of one with all the extras, for validators that are
// not ours.
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "reports/bench/formats.h"
#include "sessions.h"

int main(int count, char** arguments) {
  if (count != 2) {
    std::fputs("bench-samples FOLDER\n", stderr);
    return 2;
  }
  for (const auto& [name, report] : bottle::sample_reports()) {
    for (const bottle::BenchFormat& format : bottle::all_bench_formats()) {
      const std::filesystem::path folder(arguments[1]);
      std::ofstream out(folder / (name + "." + std::string(format.name)), std::ios::binary);
      if (!(out << format.write(report)).flush()) return 1;
    }
  }
  return 0;
}
