"""The door to one dataset: every face asks an Explorer, and a library has frames of pandas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from iris_dash.analysis.aggregate.asking import make_aggregation
from iris_dash.analysis.aggregate.frames import indexed
from iris_dash.analysis.aggregate.histogram import make_histogram
from iris_dash.analysis.aggregate.question import Aggregation
from iris_dash.analysis.comparison import MeasureComparison
from iris_dash.analysis.diagnosis import Diagnosis
from iris_dash.analysis.mean_names import count_name, mean_name
from iris_dash.analysis.profile.records import profile_frame
from iris_dash.explorer.file_answers import FileAnswers
from iris_dash.files import Export
from iris_dash.files.receipt import What
from iris_dash.query.asked import Asked, query_of, read_conditions, read_text
from iris_dash.query.names import free_name, held_name, held_names
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet, Measure
from iris_dash.query.table_text import table_html, table_text
from iris_dash.query.value_text import FacetValue
from iris_dash.query.values_question import values_question
from iris_dash.tables.description import TableDescription, description_of, options_of
from iris_dash.tables.libraries import library_of
from iris_dash.tables.opening import open_dataset
from iris_dash.tables.pandas_values import column_values, facet_values

if TYPE_CHECKING:
    import pandas as pd


Names = str | Sequence[str]
"""Names as one text, "a,b", or several."""

LIBRARY = (
    *("open", "schema", "query", "count", "rows", "page", "means", "summary"),
    *("aggregate", "histogram", "values", "columns", "export"),
)
"""The names of a library; `dir` shows no others."""


class Explorer(FileAnswers):
    """Answers questions about one dataset.

    >>> import pandas
    >>> table = pandas.DataFrame({"colour": ["red", "blue", "red"], "height": [1.5, 2.0, 2.5]})
    >>> explorer = Explorer.open(table)
    >>> query = explorer.query(colour="red", lower={"height": 2})
    >>> explorer.count(query)
    1
    >>> explorer.rows(query)
      colour  height
    0    red     2.5
    """

    @classmethod
    def open(
        cls,
        source: Any,
        description: TableDescription | None = None,
        *,
        facets: Sequence[str] | None = None,
        measures: Sequence[str] | None = None,
        settings: str | Path | Mapping[str, Any] | None = None,
    ) -> Explorer:
        """Return an Explorer of a table: a path, an address, a data frame of any library.

        Polars (lazy ones too), pandas (an index with names becomes columns), Arrow tables, batches
        and readers, DuckDB relations, and whatever exports Arrow or the dataframe protocol.

        `facets`, `measures`: the columns of each kind, instead of those that the values suggest;
        `settings`: a TOML file that describes the table (`title`, `[columns.height] unit = "cm"`),
        or the same as a mapping. Errors: DatasetError, one line with the reason.
        """
        named = str(source) if isinstance(source, str | Path) else None
        if settings is not None:
            description = description_of(settings)
        options = options_of({"facets": facets, "measures": measures})
        return cls(open_dataset(source, description, options), source=named)

    def __dir__(self) -> list[str]:
        # What a library is asked; the faces of the product ask more of it, in plain values.
        # A table that is there is not opened.
        return [*LIBRARY[1:], *(name for name in super().__dir__() if name.startswith("__"))]

    def __repr__(self) -> str:
        return f"<Explorer of {self.schema.title}: {table_text(self.schema, len(self.dataset))}>"

    def _repr_html_(self) -> str:
        return table_html(self.schema, len(self.dataset))

    def query(self, text: str = "", /, **conditions: Any) -> Query:
        """Return the Query of these conditions, or of a text, checked against the table.

        A column's name takes a value, a list of alternatives (None among them: missing), or a
        mapping: `from` and `to` (a number, a time or its ISO 8601 text; inclusive), `not`, `has`,
        `starts`, `present`. None: no restriction. `where` is a mapping of the same, for columns of
        any name; `lower` and `upper` hold a bound per column; `search`, `sort`, `by`, `columns`,
        `page`, `per_page` as on the wire. Values may be NumPy's, pandas's, Polars's. The text is
        what an address has behind its `?`.

        Errors: QueryError naming each bad value and the valid ones.

        >>> import pandas
        >>> table = pandas.DataFrame({"colour": ["red", "blue", "red"], "height": [1.5, 2.0, 2.5]})
        >>> explorer = Explorer.open(table)
        >>> explorer.count(explorer.query(colour={"not": "blue"}, height={"from": 2}))
        1
        >>> explorer.query("height=2..") == explorer.query(height={"from": 2})
        True
        """
        if text:
            if conditions:
                raise TypeError("a query is a text or conditions, not both")
            return read_text(self.schema, text)
        return read_conditions(self.schema, conditions)

    @override
    def count(self, query: Asked = None) -> int:
        """Return how many rows the query selects; its page does not matter."""
        return super().count(query_of(self.schema, query))

    def rows(self, query: Asked = None) -> pd.DataFrame:
        """Return every row that the query selects, in its order.

        Frame: n rows, n may be 0; the table's columns under their own names, measures in the
        schema's units; a new index from 0. The query's page does not matter: see `page`.
        """
        return self._pandas(query_of(self.schema, query).unpaged())

    def page(self, query: Asked = None) -> pd.DataFrame:
        """Return the query's page of rows: at most `per_page`; past the end an empty frame."""
        query = query_of(self.schema, query)
        return self._pandas(query if query.page else query.on_page(1, query.per_page or 100))

    def means(self, query: Asked = None) -> pd.DataFrame:
        """Return the mean of every measure per group, over the rows that the query selects.

        Frame: one row per group with rows, in the facet's order: the facet's column, `n` (rows;
        `count` where the facet is called n) and `mean_<measure>` in the measure's unit, NaN where a
        group has no value.
        Errors: none beyond the query's own.
        """
        import pandas as pd

        query = query_of(self.schema, query)
        by, groups = self.group_facet(query), self.group_means(query)
        columns = self._of_groups(by, [group.group for group in groups])
        columns[count_name(by)] = [group.n for group in groups]
        for position, measure in enumerate(self.schema.measures):
            means = [group.means[position] for group in groups]
            columns[mean_name(measure, by)] = pd.array(means, dtype="float64")
        return pd.DataFrame(columns)

    def aggregate(
        self,
        query: Asked = None,
        *,
        by: Names = (),
        of: Names = (),
        stat: Names = (),
        having: Names | dict[str, Any] = (),
        sort: Names = (),
        totals: bool = False,
        empty: bool = False,
    ) -> pd.DataFrame:
        """Return statistics of any columns per group, over the rows that the query selects.

        `by`: up to three keys: a facet, text, a time at a unit (`"day:month"`), a part of a time
        (`"day:weekday"`), bins of a measure (`"distance:500"`); `of`: columns; `stat`: `count`,
        `share` of rows, `missing`, `distinct`, `sum`, `mean`, `interval`, `sd`, `min`, `max`,
        `median`, `p01` … `p99` of columns. `having`: which groups (`"count:30.."`); `sort`: outputs
        or keys, `-` in front means descending; `totals`: also without the last key, and over all;
        `empty`: also the groups of facets and times that have no rows.

        Frame: one row per group, the keys its index, in their own order unless sorted; counts as
        whole numbers, the others in the column's unit, missing where there is no such number. A
        facet has the type that it has in `rows`.
        Errors: QueryError naming each thing that is wrong and what is valid.

        >>> import pandas
        >>> pots = {"glaze": ["red", "blue", "red", "red"], "height": [1.5, 2.0, 2.5, 8.0]}
        >>> explorer = Explorer.open(pandas.DataFrame(pots))
        >>> explorer.aggregate(by="glaze", of="height", stat="count,median,p95").reset_index()
          glaze  count  median_height  p95_height
        0  blue      1            2.0        2.00
        1   red      3            2.5        7.45
        """
        own = {"by": by, "of": of, "stat": stat, "having": having, "sort": sort}
        said = own | {"totals": totals, "empty": empty}
        asked = make_aggregation(self.schema, query_of(self.schema, query), said)
        return indexed(self.schema, self.groups(asked).frame, asked)

    def summary(self, query: Asked = None) -> pd.DataFrame:
        """Return how each measure's values lie in each group, over the rows the query selects.

        Frame: one row per group with rows and measure, in the facet's and the schema's order: the
        facet's column, `measure`, `n` (values), `missing` (rows without one), then in the
        measure's unit `mean`, `std` (n - 1 in the divisor), `min`, `q1`, `median`, `q3`, `max`
        (quartiles interpolate linearly); NaN where there is no such number. Of whole numbers beyond
        2⁵³ `min` and `max` are exact, in columns of Python's own numbers.
        """
        import pandas as pd

        query = query_of(self.schema, query)
        by = self.group_facet(query)
        names = [measure.name for measure in self.schema.measures]
        taken = {by.name} if by else ()
        rows: list[dict[str, Any]] = [
            ({by.name: spread.group} if by else {})
            | {free_name("measure", taken): name}
            | {free_name(kind, taken): number for kind, number in asdict(measure).items()}
            for spread in self.spreads(query)
            for name, measure in zip(names, spread.measures, strict=True)
        ]
        frame = pd.DataFrame(rows)
        if by:
            frame[by.name] = facet_values(self.schema, by, [row[by.name] for row in rows])
        if any(measure.is_long for measure in self.schema.measures):
            for name in (free_name("min", taken), free_name("max", taken)):
                frame[name] = pd.Series([row[name] for row in rows], dtype=object)
        return frame

    @override
    def comparison(
        self, query: Asked = None, of: Sequence[Measure] | None = None
    ) -> list[MeasureComparison]:
        """Return each measure over the selected rows beside the rest, and per group, in its unit.

        In the schema's order. Means with 95 % intervals, quartiles, their difference (Welch) and
        Hedges' g; None where there is no such number. Errors: none beyond the query's own.
        """
        return super().comparison(query_of(self.schema, query), of)

    def columns(self, query: Asked = None) -> pd.DataFrame:
        """Return what each column holds, over the rows that the query selects.

        Frame: one row per column, its name the index, in the table's order: `label`, `unit`, `kind`
        (facet, measure, time, text, other), `role`, `type`; `count` (rows), `missing`, `distinct`;
        in the column's unit `min`, `max`, `mean`, `median`, None where there is no such number;
        `top`, its commonest values with their counts; `notes`, what is worth knowing of the whole
        table. Errors: none beyond the query's own.

        >>> import pandas
        >>> table = pandas.DataFrame({"colour": ["red", "blue", "red"], "height": [1.5, 2.0, 2.5]})
        >>> Explorer.open(table).columns()[["kind", "distinct", "median"]].reset_index()
             name     kind  distinct median
        0  colour    facet         2   None
        1  height  measure         3    2.0
        """
        return profile_frame(self.profiles(query_of(self.schema, query)))

    @override
    def diagnosis(self, query: Asked = None) -> Diagnosis:
        """Return how many rows each filter removes, and what to relax where no row is left."""
        return super().diagnosis(query_of(self.schema, query))

    def values(
        self,
        column: str,
        query: Asked = None,
        search: str = "",
        page: int = 1,
        per_page: int = 100,
    ) -> pd.DataFrame:
        """Return a page of a column's values, those that most rows have first.

        Frame: at most `per_page` rows, `value` and `count`: the rows with that value among those
        that the query's filters on other columns select; past the end no rows. `value` has the type
        that the column has in `rows`. Of values with equal counts those of a facet stand in its own
        order, others ascending, the missing one last. `search`: values that contain this text, in
        letters of any case.

        >>> import pandas
        >>> table = pandas.DataFrame({"colour": ["red", "blue", "red"], "height": [1.5, 2.0, 2.5]})
        >>> explorer = Explorer.open(table)
        >>> explorer.values("colour")
          value  count
        0   red      2
        1  blue      1
        >>> explorer.values("colour", explorer.query(lower={"height": 2}), search="E", per_page=1)
          value  count
        0  blue      1

        Errors: QueryError for a column that no filter may name (facets, text, times and measures
        are), a search in times or measures, and a page that is none.
        """
        import pandas as pd

        paging = self.query(page=page, per_page=per_page)
        asked = query_of(self.schema, query).on_page(paging.page or 1, paging.per_page or 100)
        question = values_question(self.schema, asked, column, search)
        found = self.value_page(question)
        if isinstance(question.column, Facet):
            given = [one.value for one in found.values]
            values = facet_values(self.schema, question.column, given)
        else:
            assert found.column is not None
            values = column_values(self.schema, column, found.column)
        counts = pd.array([one.count for one in found.values], dtype="int64")
        return pd.DataFrame({"value": values, "count": counts})

    def histogram(
        self,
        column: str,
        query: Asked = None,
        *,
        by: str | None = None,
        bins: int | None = None,
        unit: str | None = None,
    ) -> pd.DataFrame:
        """Return how many of the query's rows lie in each bin of a measure or unit of a time.

        `bins`: at most so many (50) of whole slider steps; `unit`: `"month"`, say; `by`: a facet
        whose values are counted apart. Frame: one row per bin, of each group: the facet's column if
        there is one, `low`, `high` (in the measure's unit; of a time the unit's texts), `count`.
        Errors: QueryError naming what is wrong and what is valid.

        >>> import pandas
        >>> table = pandas.DataFrame({"colour": ["red", "blue", "red"], "height": [1.5, 2.0, 2.5]})
        >>> Explorer.open(table).histogram("height", bins=2)["count"].tolist()
        [1, 2]
        """
        import pandas as pd

        asked = query_of(self.schema, query)
        asked = replace(asked, by=None if by is None else self.query(by=by).by)
        own = {"column": column, "bins": bins, "unit": unit}
        said = {key: value for key, value in own.items() if value is not None}
        question = make_histogram(self.schema, asked, said)
        records = self.histogram_records(question)
        columns: dict[str, Any] = {}
        if question.query.by is not None:
            facet = self.schema.facet(question.query.by)
            groups = [record[facet.key] for record in records]
            columns[facet.key] = facet_values(self.schema, facet, groups)
        ends = "str" if question.unit else None if records else "float64"
        for key, dtype in (("low", ends), ("high", ends), ("count", "int64")):
            columns[key] = pd.Series([record[key] for record in records], dtype=dtype)
        return pd.DataFrame(columns)

    @override
    def export(
        self,
        suffix: str,
        query: Query | Aggregation | str | None = None,
        what: What = "rows",
        link: str = "",
    ) -> Export:
        """Return a file of the query's rows in its order, of the means per group, or of groups.

        `suffix` is that of one of `iris_dash.files.FORMATS`, "csv" say; `link` is the dashboard's
        address at the query, for the receipt. The pieces are made as they are taken.
        Errors: KeyError for another format, QueryError if a spreadsheet cannot hold the rows.
        """
        asked = query if isinstance(query, Aggregation) else query_of(self.schema, query)
        return super().export(suffix, asked, what, link)

    def _of_groups(self, by: Facet | None, groups: list[FacetValue]) -> dict[str, Any]:
        return {by.name: facet_values(self.schema, by, groups)} if by else {}

    def _pandas(self, query: Query) -> pd.DataFrame:
        names = query.shown(self.schema.names)
        rows = self.dataset.page(query).select(*held_names(names))
        categories = {held_name(name): way for name, way in self.schema.categories}
        frame = library_of(rows).as_pandas(rows, categories)
        return frame.set_axis(list(names), axis=1)
