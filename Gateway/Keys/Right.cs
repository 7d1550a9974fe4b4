using Ledger;

namespace Gateway.Keys;

/// <summary>What an operation asks of the key.</summary>
public enum Right : byte
{
    /// <summary>Read payments, accounts and events that the key's tenant may see.</summary>
    Read = 1,

    /// <summary>Submit and return payments, change accounts of the key's tenant.</summary>
    Pay = 2,

    /// <summary>Read what belongs to no tenant: the trial balance.</summary>
    Audit = 3,

    /// <summary>Use the sandbox's own endpoints.</summary>
    Sandbox = 4,

    /// <summary>Operate the process: back it up.</summary>
    Operate = 5,

    /// <summary>See why payments were decided as they were, and act on cases.</summary>
    Analyse = 6,
}

internal static class Rights
{
    public static bool Has(this ApiKeyRole role, Right right) => role switch
    {
        ApiKeyRole.Bank => right is Right.Read or Right.Pay or Right.Sandbox,
        ApiKeyRole.Merchant => right is Right.Read or Right.Sandbox,
        ApiKeyRole.MerchantPublishable => false,
        ApiKeyRole.Analyst => right is Right.Read or Right.Audit or Right.Sandbox or Right.Analyse,
        ApiKeyRole.Administrator => right is Right.Read or Right.Audit or Right.Sandbox or Right.Operate or Right.Analyse,
    };
}
