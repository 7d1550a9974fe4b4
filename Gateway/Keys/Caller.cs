using Ledger;

namespace Gateway.Keys;

/// <summary>Who sent a request: a key's tenant and role.</summary>
public sealed record Caller(long Tenant, string TenantName, ApiKeyRole Role)
{
    /// <summary>What the key is called: who acts, where several people have keys of one tenant.</summary>
    public string Label { get; init; } = "";

    /// <summary>Analysts and administrators see every tenant's resources.</summary>
    public bool SeesAll => Role is ApiKeyRole.Analyst or ApiKeyRole.Administrator;

    /// <summary>The tenant whose resources the caller sees; null is all.</summary>
    public long? Scope => SeesAll ? null : Tenant;

    /// <summary>Whether resources of this tenant are the caller's to see.</summary>
    public bool Sees(long tenant) => SeesAll || tenant == Tenant;
}
