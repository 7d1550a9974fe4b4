using Grains.Interfaces.Values;

namespace Grains.Interfaces.Accounts;

/// <summary>Who asks for a change of an account, and under which key.</summary>
public sealed record CommandOrigin(long Tenant, IdempotencyKey Key, UInt128 RequestHash);

/// <summary>Opens the account that the grain's key names.</summary>
public sealed record OpenAccount(CommandOrigin Origin, long Owner, Currency Currency, long Floor, AccountLimits Limits, string? Name);

/// <summary>What may change an account's status.</summary>
public enum StatusChange : byte
{
    Freeze = 1,
    Unfreeze = 2,
    Close = 3,
}

/// <summary>Freezes, unfreezes or closes; the reason is free text of at most 140 characters and sealed.</summary>
public sealed record ChangeStatus(CommandOrigin Origin, StatusChange Change, string? Reason);

/// <summary>Replaces all limits.</summary>
public sealed record ChangeLimits(CommandOrigin Origin, AccountLimits Limits);

/// <summary>Sandbox: a transfer from <c>system:funding</c>.</summary>
public sealed record FundAccount(CommandOrigin Origin, long AmountMinorUnits);
