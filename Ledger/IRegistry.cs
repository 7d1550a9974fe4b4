namespace Ledger;

/// <summary>
/// Small shared facts that are rarely written: tenants, API keys and settings (the sandbox clock's offset, …). In the
/// ledger's database, so that every process on it sees the same.
/// </summary>
public interface IRegistry
{
    /// <summary>The key whose SHA-256 is <paramref name="hash"/>, unless it was revoked.</summary>
    ApiKey? FindKey(byte[] hash);

    IReadOnlyList<ApiKey> ListKeys();

    /// <summary>Adds a key; where its hash exists already, nothing changes.</summary>
    void AddKey(ApiKey key, byte[] hash);

    /// <summary>False where there is no such key, or it was revoked before.</summary>
    bool RevokeKey(string label, long atMs);

    /// <summary>The number of the tenant with this name; makes it where there is none.</summary>
    long AddTenant(string name);

    /// <summary>The number of the tenant with this name; null where there is none.</summary>
    long? FindTenant(string name);

    string? ReadSetting(string name);

    void WriteSetting(string name, string value);

    /// <summary>The setting's value; <paramref name="value"/> becomes it where there is none. Of several who ask at once, all get the same.</summary>
    string ReadOrAddSetting(string name, string value);

    /// <summary>Adds to a setting that is a number (none counts as 0), and returns the sum.</summary>
    long AddToSetting(string name, long by);
}

/// <summary>What a key may do. The number is stored: never reuse one.</summary>
public enum ApiKeyRole : byte
{
    /// <summary>A bank or PSP: submits instant payments for its tenant's accounts.</summary>
    Bank = 1,

    /// <summary>A merchant's secret key.</summary>
    Merchant = 2,

    /// <summary>A merchant's publishable key.</summary>
    MerchantPublishable = 3,
    Analyst = 4,
    Administrator = 5,
}

/// <summary>An API key without its secret: only the secret's SHA-256 is kept.</summary>
public sealed record ApiKey(string Label, long Tenant, string TenantName, ApiKeyRole Role, long CreatedAtMs, long? RevokedAtMs);
