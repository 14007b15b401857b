// The tables of a session's HTML report.
#pragma once

#include "reports/bench/report.h"
#include "reports/html/writer.h"

namespace bottle {

void write_cold_start_table(HtmlWriter& html, const BenchReport& report);
void write_phase_table(HtmlWriter& html, const BenchReport& report);
void write_history_table(HtmlWriter& html, const std::vector<BenchSession>& history);

// The first `labels` columns are text, the rest numbers.
// A table that scrolls by itself where the window is narrow, also by keyboard; to be closed with close_table.
void open_table(HtmlWriter& html, const std::string& caption, const std::vector<std::string>& heads,
                const std::string& id, std::size_t labels = 1);
void close_table(HtmlWriter& html);
void number_cell(HtmlWriter& html, const std::string& text, const std::string& more_classes = {});

}  // namespace bottle
