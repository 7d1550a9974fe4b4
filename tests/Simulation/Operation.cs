using Grains.Interfaces.Accounts;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;

namespace Simulation;

internal enum OperationKind : byte
{
    Open = 1,
    Fund = 2,
    Pay = 3,
    Return = 4,
    Freeze = 5,
    Unfreeze = 6,
    Close = 7,
    ChangeLimits = 8,

    /// <summary>Not a request: the sandbox moves the product's time.</summary>
    AdvanceClock = 9,

    /// <summary>An analyst acts on the case of a held payment.</summary>
    Case = 10,
}

/// <summary>One request of one client, with its key; it is asked until it has an answer that stays.</summary>
internal sealed record Operation
{
    public const long Tenant = 7;

    /// <summary>Its name in a trace; stays when a plan is shrunk.</summary>
    public required int Number { get; init; }

    public required OperationKind Kind { get; init; }

    /// <summary>Whose grain is asked.</summary>
    public required string Account { get; init; }

    public required string KeyText { get; init; }

    public string Creditor { get; init; } = "";

    /// <summary>Minor units; for a return 0 means all that is left; for <see cref="OperationKind.AdvanceClock"/> milliseconds.</summary>
    public long Amount { get; init; }

    public AccountLimits Limits { get; init; } = AccountLimits.None;

    /// <summary>For <see cref="OperationKind.Open"/>.</summary>
    public long Floor { get; init; }

    /// <summary>For <see cref="OperationKind.Return"/> and <see cref="OperationKind.Case"/>: the number of the payment's operation.</summary>
    public int Original { get; init; }

    /// <summary>Sent together with its neighbours of the same number; 0: alone.</summary>
    public int Batch { get; init; }

    /// <summary>The database cannot write it, and names no reason.</summary>
    public bool Poisoned { get; init; }

    public string? RemittanceInfo { get; init; }

    /// <summary>For <see cref="OperationKind.Pay"/>: where it is made; null where it does not say.</summary>
    public string? City { get; init; }

    /// <summary>For <see cref="OperationKind.Pay"/>: null where it does not say.</summary>
    public string? DeviceId { get; init; }

    /// <summary>For <see cref="OperationKind.Case"/>, with the next five.</summary>
    public CaseAction Action { get; init; }

    /// <summary>The analyst.</summary>
    public string Actor { get; init; } = "";

    /// <summary>The assignee, or the note.</summary>
    public string? Text { get; init; }

    public DateTimeOffset? Until { get; init; }

    public CaseLabel? Label { get; init; }

    /// <summary>How many versions behind the case the analyst's screen is; it does not go below the first.</summary>
    public int Behind { get; init; }

    /// <summary>The case's version that the analyst saw: known once the request is sent.</summary>
    public int Version { get; init; }

    public IdempotencyKey Key => IdempotencyKey.Of(Tenant, KeyText, Account);

    public UInt128 RequestHash
    {
        get
        {
            unchecked
            {
                var hash = 14695981039346656037UL;
                foreach (var character in $"{KeyText} {Kind} {Account} {Creditor} {Amount} {Limits} {Floor} {Original} {RemittanceInfo} {City} {DeviceId} {Action} {Actor} {Text} {Until:O} {Label} {Version}")
                    hash = (hash ^ character) * 1099511628211UL;
                return new UInt128(hash, ~hash);
            }
        }
    }

    public override string ToString() => Kind switch
    {
        OperationKind.Open => $"[{Number}] open {Account} floor {Floor}{LimitsText} key {KeyText}",
        OperationKind.Fund => $"[{Number}] fund {Account} {Amount} key {KeyText}",
        OperationKind.Pay => $"[{Number}] pay {Account} → {Creditor} {Amount}{(Poisoned ? " (cannot be written)" : "")}{(City is null ? "" : $" from {City}")}{(DeviceId is null ? "" : $" on {DeviceId}")}{(Batch > 0 ? $" in batch {Batch}" : "")} key {KeyText}",
        OperationKind.Return => $"[{Number}] {Account} returns {(Amount == 0 ? "the rest" : Amount.ToString())} of [{Original}] key {KeyText}",
        OperationKind.Freeze => $"[{Number}] freeze {Account} key {KeyText}",
        OperationKind.Unfreeze => $"[{Number}] unfreeze {Account} key {KeyText}",
        OperationKind.Close => $"[{Number}] close {Account} key {KeyText}",
        OperationKind.ChangeLimits => $"[{Number}] limits of {Account}:{LimitsText} key {KeyText}",
        OperationKind.AdvanceClock => $"[{Number}] the product's clock goes ahead by {Amount} ms",
        OperationKind.Case => $"[{Number}] {Actor}: {Action} the case of [{Original}] of {Account}{(Version == 0 ? "" : $", version {Version}")}{(Until is null ? "" : $" until {Until:O}")} key {KeyText}",
    };

    private string LimitsText =>
        Limits == AccountLimits.None ? " none" : $" {Limits.PerPayment} a payment, {Limits.PerMinute} a minute, {Limits.PerHour} an hour";
}
