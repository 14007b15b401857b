// Writes every format's report of random hostile records into a folder, for validators: reports-samples FOLDER COUNT
#include <charconv>
#include <cstdio>
#include <fstream>
#include <string>

#include "random_record.h"
#include "reports/registry.h"

int main(int argc, char** argv) {
  std::uint32_t count = 0;
  const std::string_view digits = argc == 3 ? argv[2] : "";
  if (std::from_chars(digits.data(), digits.data() + digits.size(), count).ec != std::errc{}) {
    std::fputs("usage: reports-samples FOLDER COUNT\n", stderr);
    return 2;
  }
  for (std::uint32_t seed = 0; seed < count; ++seed) {
    const bottle::RunRecord record = bottle::random_record(seed);
    for (const bottle::ReportFormat& format : bottle::all_report_formats()) {
      std::ofstream out(std::string(argv[1]) + "/" + std::to_string(seed) + "." + std::string(format.name),
                        std::ios::binary);
      format.write(record, out);
      if (!out.flush()) {
        std::perror(argv[1]);
        return 1;
      }
    }
  }
  return 0;
}
