"""Which functions a question may use: those that look at nothing but the values they are given.

What is not here is refused. None of them opens a file, reads a setting, knows a user or a clock,
makes rows out of nothing or a text longer than its parts by more than a join does.
"""

from sqlglot import exp

NUMBERS: tuple[type[exp.Expr], ...] = (
    exp.Abs, exp.Sign, exp.Round, exp.Floor, exp.Ceil, exp.Trunc, exp.Sqrt, exp.Pow, exp.Exp,
    exp.Ln, exp.Log, exp.Greatest, exp.Least, exp.Coalesce, exp.Nullif, exp.If, exp.IsNan, exp.Pi,
    exp.Radians, exp.Degrees, exp.Sin, exp.Cos, exp.Tan, exp.Atan2,
)  # fmt: skip
TEXTS: tuple[type[exp.Expr], ...] = (
    exp.Lower, exp.Upper, exp.Length, exp.Trim, exp.Left, exp.Right, exp.Substring, exp.Replace,
    exp.Concat, exp.ConcatWs, exp.StartsWith, exp.EndsWith, exp.Contains, exp.StrPosition,
    exp.SplitPart, exp.RegexpLike, exp.RegexpReplace, exp.RegexpExtract, exp.Reverse,
    exp.Levenshtein, exp.JarowinklerSimilarity, exp.Translate,
)  # fmt: skip
DATES: tuple[type[exp.Expr], ...] = (
    exp.TimestampTrunc, exp.DateTrunc, exp.Extract, exp.Year, exp.Month, exp.Day, exp.Quarter,
    exp.Week, exp.DayOfWeek, exp.DayOfWeekIso, exp.DayOfYear, exp.Hour, exp.Minute, exp.Second,
    exp.LastDay, exp.DateDiff, exp.TimeToStr, exp.StrToTime, exp.DateFromParts,
    exp.Date, exp.TimeToUnix, exp.DateBin, exp.ToDays,
)  # fmt: skip
AGGREGATES: tuple[type[exp.Expr], ...] = (
    exp.Count, exp.CountIf, exp.Sum, exp.Avg, exp.Min, exp.Max, exp.Median, exp.Mode, exp.Stddev,
    exp.StddevPop, exp.StddevSamp, exp.Variance, exp.VariancePop, exp.PercentileCont,
    exp.PercentileDisc, exp.Quantile, exp.Corr, exp.CovarPop, exp.CovarSamp, exp.RegrSlope,
    exp.RegrIntercept, exp.RegrR2, exp.GroupConcat, exp.LogicalAnd, exp.LogicalOr, exp.ArgMin,
    exp.ArgMax, exp.First, exp.Last, exp.AnyValue, exp.ApproxDistinct, exp.Skewness, exp.Kurtosis,
    exp.Grouping,
)  # fmt: skip
WINDOWS: tuple[type[exp.Expr], ...] = (
    exp.RowNumber, exp.Rank, exp.DenseRank, exp.PercentRank, exp.CumeDist, exp.Ntile, exp.Lag,
    exp.Lead, exp.FirstValue, exp.LastValue, exp.NthValue,
)  # fmt: skip
FUNCTIONS: frozenset[type[exp.Expr]] = frozenset((*NUMBERS, *TEXTS, *DATES, *AGGREGATES, *WINDOWS))
"""The functions that the parser has a class of its own for."""

NAMES: frozenset[str] = frozenset(
    {"age", "date_part", "date_sub", "mean", "nfc_normalize", "prefix", "product", "strip_accents",
     "suffix", "try_strptime", "weekday", "yearweek"}
)  # fmt: skip
"""The functions that the parser knows by their name only."""

TYPES: frozenset[exp.DType] = frozenset(
    {
        exp.DType.VARCHAR, exp.DType.TEXT, exp.DType.CHAR,
        exp.DType.BOOLEAN, exp.DType.TINYINT, exp.DType.SMALLINT,
        exp.DType.INT, exp.DType.BIGINT, exp.DType.INT128,
        exp.DType.FLOAT, exp.DType.DOUBLE, exp.DType.DECIMAL,
        exp.DType.DATE, exp.DType.TIMESTAMP, exp.DType.TIMESTAMPNTZ, exp.DType.TIME,
        exp.DType.INTERVAL,
    }
)  # fmt: skip
"""What a value may be cast to."""
