using Grains.Interfaces.Accounts;
using Grains.Interfaces.Fraud;

namespace Simulation;

internal enum ReplyKind : byte
{
    /// <summary>Something is recorded.</summary>
    Recorded = 1,
    KeyReused = 2,

    /// <summary>Nothing is recorded, for what was asked.</summary>
    Refused = 3,

    /// <summary>Nothing is recorded, and for no reason that lies in the request.</summary>
    Failed = 4,

    /// <summary>Nothing is known to be recorded: ask again with the same key.</summary>
    TryAgain = 5,
}

/// <summary>What a client hears.</summary>
internal sealed record Reply(ReplyKind Kind, string Why, PaymentAnswer? Payment = null, AccountSnapshot? Account = null, bool Replayed = false, FraudCase? Case = null)
{
    public bool Stays => Kind != ReplyKind.TryAgain;

    public static Reply Of(SubmitAnswer answer) => new(
        answer.Outcome switch
        {
            SubmitOutcome.Recorded => ReplyKind.Recorded,
            SubmitOutcome.KeyReused => ReplyKind.KeyReused,
            SubmitOutcome.KeyInUse or SubmitOutcome.Overloaded or SubmitOutcome.ShuttingDown or SubmitOutcome.OtherShardAway or SubmitOutcome.Moved => ReplyKind.TryAgain,
            SubmitOutcome.Unknown or SubmitOutcome.ReturnExceedsPayment => ReplyKind.Refused,
            SubmitOutcome.Failed => ReplyKind.Failed,
        },
        answer.Outcome.ToString(), answer.Payment, null, answer.Replayed);

    public static Reply Of(AccountAnswer answer) => new(
        answer.Outcome switch
        {
            AccountOutcome.Recorded => ReplyKind.Recorded,
            AccountOutcome.KeyReused => ReplyKind.KeyReused,
            AccountOutcome.KeyInUse or AccountOutcome.Overloaded or AccountOutcome.ShuttingDown or AccountOutcome.Moved => ReplyKind.TryAgain,
            AccountOutcome.Unknown or AccountOutcome.Exists or AccountOutcome.Closed or AccountOutcome.NotEmpty or AccountOutcome.TooMuch => ReplyKind.Refused,
            AccountOutcome.Failed => ReplyKind.Failed,
        },
        answer.Outcome.ToString(), null, answer.Account, answer.Replayed);

    public static Reply Of(CaseAnswer answer) => new(
        answer.Outcome switch
        {
            CaseOutcome.Recorded => ReplyKind.Recorded,
            CaseOutcome.KeyReused => ReplyKind.KeyReused,
            CaseOutcome.KeyInUse or CaseOutcome.Overloaded or CaseOutcome.ShuttingDown or CaseOutcome.PaymentBusy => ReplyKind.TryAgain,
            CaseOutcome.Unknown or CaseOutcome.Changed or CaseOutcome.Closed or CaseOutcome.Expired or CaseOutcome.Frozen or CaseOutcome.Full or CaseOutcome.OutOfTime => ReplyKind.Refused,
            CaseOutcome.Failed => ReplyKind.Failed,
        },
        answer.Outcome.ToString(), null, null, answer.Replayed, answer.Case);

    public bool SaysTheSameAs(Reply other) => Payment == other.Payment && Account == other.Account && CaseText == other.CaseText;

    private string? CaseText => Case is null ? null : BankCase.Text(Case);

    public override string ToString() => Kind switch
    {
        ReplyKind.Recorded when Payment is not null => $"{Payment.Status} {Payment.Amount.MinorUnits} row {Payment.Id.Number}{(Payment.Reason is { } reason ? $" {reason}" : "")}{(Replayed ? ", replayed" : "")}",
        ReplyKind.Recorded when Case is not null => $"case {Case.Status} version {Case.Version} {Case.Resolution}{(Replayed ? ", replayed" : "")}",
        ReplyKind.Recorded => $"recorded, balance {Account?.Balance.Posted}, {Account?.Status}{(Replayed ? ", replayed" : "")}",
        _ => Why,
    };
}
