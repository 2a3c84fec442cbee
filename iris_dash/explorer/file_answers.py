"""Files of what a query selects, with their receipts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cached_property

from iris_dash.analysis.aggregate.answer import Groups
from iris_dash.analysis.aggregate.question import Aggregation
from iris_dash.explorer.beside_answers import BesideAnswers
from iris_dash.files import Export, Table, find_format
from iris_dash.files.contents import groups_table, longest_of, means_table, rows_table
from iris_dash.files.receipt import Receipt, What
from iris_dash.files.table import file_types
from iris_dash.query.query import Query
from iris_dash.tables.libraries import Types


class FileAnswers(BesideAnswers):
    """Answers with files too."""

    def csv(self, query: Query) -> Iterator[bytes]:
        """Yield every row that the query selects as CSV, header first, in pieces."""
        return self.export("csv", query).pieces

    def export(
        self,
        suffix: str,
        query: Query | Aggregation,
        what: What = "rows",
        link: str = "",
    ) -> Export:
        """Return a file of a query's rows, of its means per group, or of groups; see `Explorer`."""
        file_format = find_format(suffix)
        if isinstance(query, Aggregation):
            return self.groups_file(suffix, query, self.groups(query), link)
        table, rows = self._means_table(query) if what == "means" else self._rows_table(query)
        receipt = self._receipt(query, what, rows, link)
        return Export(receipt, file_format.write(table, receipt))

    def groups_file(
        self, suffix: str, asked: Aggregation, groups: Groups, link: str = ""
    ) -> Export:
        """Return a file of groups that are there already; see `export`."""
        table, frame = groups_table(self.schema, asked, groups.frame), groups.frame
        receipt = self._receipt(asked, "groups", len(frame), link)
        return Export(receipt, find_format(suffix).write(table, receipt))

    def _receipt(self, query: Query | Aggregation, what: What, rows: int, link: str) -> Receipt:
        return Receipt(
            title=self.schema.title,
            what=what,
            query=self.text(query),
            fingerprint=self.dataset.fingerprint,
            rows=rows,
            link=link,
            time=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        )

    def _rows_table(self, query: Query) -> tuple[Table, int]:
        count = self.count(query)
        if query.page is not None and query.per_page is not None:
            count = max(0, min(count - (query.page - 1) * query.per_page, query.per_page))
        types = self.file_types
        return rows_table(self.dataset, query, types, lambda: self._longest_text), count

    def _means_table(self, query: Query) -> tuple[Table, int]:
        by, groups = self.group_facet(query), self.group_means(query)
        return means_table(self.schema, query, by, groups, self.file_types), len(groups)

    @cached_property
    def file_types(self) -> Types:
        """The type of each column in a file."""
        return file_types(self.dataset)

    @cached_property
    def _longest_text(self) -> int:
        """How many characters the table's longest text has."""
        return longest_of(self.dataset, self.file_types)
