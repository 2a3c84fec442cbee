"""A selection beside what it is compared with, asked of one dataset."""

from __future__ import annotations

from collections.abc import Sequence

from iris_dash.analysis.baseline import Baseline
from iris_dash.analysis.beside import Beside, HistogramBeside, beside, histogram_beside
from iris_dash.analysis.beside_question import BesideQuestion
from iris_dash.analysis.beside_records import Comparison, beside_record
from iris_dash.explorer.chart_answers import ChartAnswers
from iris_dash.query.query import Query
from iris_dash.query.schema import Measure


class BesideAnswers(ChartAnswers):
    """Answers with comparisons of any two sides too."""

    def beside(
        self, query: Query, baseline: Baseline, of: Sequence[Measure] | None = None
    ) -> Beside:
        """Return the query's rows beside a baseline; `of`: the measures, None for all."""
        measures = self.schema.measures if of is None else of
        total = len(self.dataset)
        return beside(self.aggregates, self.schema, query, baseline, total, measures)

    def histogram_beside(
        self, query: Query, baseline: Baseline, measure: Measure, in_log: bool = False
    ) -> HistogramBeside:
        """Return a measure's histograms over both sides, of a long tail without it."""
        window = None if in_log else self.window(measure)
        return histogram_beside(
            self.aggregates, self.schema, query, baseline, measure, window, in_log
        )

    def beside_record(self, asked: BesideQuestion) -> Comparison:
        """Return a comparison as a JSON-ready object."""
        found, bins = self.beside(asked.query, asked.baseline), None
        if asked.of is not None:
            bins = self.histogram_beside(asked.query, asked.baseline, asked.of)
        return beside_record(self.schema, found, bins)
