namespace Grains.Interfaces.Fraud.Backtest;

/// <summary>What recorded decisions would have been under a set of rules.</summary>
public sealed record BacktestReport
{
    /// <summary>Inclusive, by the time of the payment; null for the beginning.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Exclusive; null for the end of the log as the replay began.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>How many of the newest rows of each shard's log were read; null for all.</summary>
    public long? Newest { get; init; }

    /// <summary>Whether each decision was made again by the rules that made it: then all of them are equal, or something is wrong.</summary>
    public required bool IsUnchanged { get; init; }

    /// <summary>Payments in the range, judged or not.</summary>
    public required long Payments { get; init; }

    /// <summary>Decisions that were made again.</summary>
    public required long Decisions { get; init; }

    /// <summary>Those that came out as recorded, byte for byte.</summary>
    public required long Equal { get; init; }

    /// <summary>Those with the recorded outcome, but another score, reason or sentence.</summary>
    public required long Restated { get; init; }

    /// <summary>Those with another outcome.</summary>
    public required long Changed { get; init; }

    /// <summary>Decisions that could not be made again: their rule set is not known here, or they were recorded without their facts.</summary>
    public required long NotReplayed { get; init; }

    /// <summary>Decisions whose model is not loaded here: what it found was taken as recorded, and the rest made again.</summary>
    public required long ModelAsRecorded { get; init; }

    /// <summary>Decisions by outcome before and after, those that stayed too; only pairs that occur.</summary>
    public required IReadOnlyList<OutcomeChange> Outcomes { get; init; }

    /// <summary>What the recorded decisions were worth, by what analysts found.</summary>
    public required BacktestQuality Before { get; init; }

    /// <summary>The same of those that were made again.</summary>
    public required BacktestQuality After { get; init; }

    /// <summary>What each rule that the changes name would stop, and which others would stop the same, in the order in which they name them.</summary>
    public required IReadOnlyList<RuleOverlap> Overlaps { get; init; }

    /// <summary>Some that differ: those with another outcome first, then by their money.</summary>
    public required IReadOnlyList<BacktestSample> Samples { get; init; }

    /// <summary>Whether it is a replay of unchanged rules in which something differs.</summary>
    public bool IsFinding => IsUnchanged && Equal != Decisions;
}

/// <summary>Decisions of one outcome that have this one after.</summary>
/// <param name="Amounts">Their money, one sum a currency, by its code.</param>
public sealed record OutcomeChange(RiskOutcome From, RiskOutcome To, long Payments, IReadOnlyList<CurrencyAmount> Amounts);

/// <summary>Payments of one currency.</summary>
/// <param name="Amount">Their sum, a decimal string.</param>
public sealed record CurrencyAmount(string Currency, string Amount, long Payments);

/// <summary>
/// How decisions stand to what the payments turned out to be. A payment is stopped where it is to be reviewed or declined. Only those
/// that an analyst labelled count; a valuable alert is neither fraud nor a false positive.
/// </summary>
/// <param name="Payments">By number.</param>
/// <param name="Money">By money, a currency each.</param>
public sealed record BacktestQuality(BacktestRates Payments, IReadOnlyList<CurrencyRates> Money);

/// <param name="FraudStopped">Confirmed fraud that was stopped: how many, or a decimal string of money.</param>
/// <param name="FraudMissed">Confirmed fraud that was not.</param>
/// <param name="FalsePositives">What was stopped and turned out good.</param>
/// <param name="Precision">Of what was stopped, the share that is fraud, 0 to 1 to four digits; null where nothing was.</param>
/// <param name="Recall">Of the fraud, the share that was stopped; null without fraud.</param>
/// <param name="FalsePositiveRatio">False positives to each fraud that was stopped; null where none was.</param>
public sealed record BacktestRates(string FraudStopped, string FraudMissed, string FalsePositives, decimal? Precision, decimal? Recall, decimal? FalsePositiveRatio);

/// <summary>Rates by the money of one currency.</summary>
public sealed record CurrencyRates(string Currency, BacktestRates Rates);

/// <summary>A payment whose decision differs.</summary>
/// <param name="PaymentId"><c>pay_…</c></param>
/// <param name="Amount">A decimal string.</param>
/// <param name="Label">Null where no analyst said what it turned out to be.</param>
public sealed record BacktestSample(
    string PaymentId, string DebtorAccount, string Amount, string Currency, DateTimeOffset DecidedAt, CaseLabel? Label, SampledDecision Before, SampledDecision After);

/// <summary>One side of a difference.</summary>
/// <param name="Score">0 to 100.</param>
public sealed record SampledDecision(RiskOutcome Outcome, int Score, IReadOnlyList<SampledReason> Reasons);

/// <param name="Points">−100 to 100.</param>
public sealed record SampledReason(string Rule, RuleMode Mode, int Points, string Text);
