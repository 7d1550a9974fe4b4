using Ledger;

namespace Simulation;

/// <summary>The settings that the product's clock keeps with the ledger: they outlive a crash. Nothing else of a registry is asked for here.</summary>
internal sealed class SettingsInMemory : IRegistry
{
    private readonly Dictionary<string, string> settings = [];

    public string? ReadSetting(string name) => settings.GetValueOrDefault(name);

    public void WriteSetting(string name, string value) => settings[name] = value;

    public string ReadOrAddSetting(string name, string value)
    {
        settings.TryAdd(name, value);
        return settings[name];
    }

    public long AddToSetting(string name, long by)
    {
        var sum = long.Parse(settings.GetValueOrDefault(name, "0")) + by;
        settings[name] = sum.ToString();
        return sum;
    }

    public long? FindTenant(string name) => throw NotHere();

    public ApiKey? FindKey(byte[] hash) => throw NotHere();

    public IReadOnlyList<ApiKey> ListKeys() => throw NotHere();

    public void AddKey(ApiKey key, byte[] hash) => throw NotHere();

    public bool RevokeKey(string label, long atMs) => throw NotHere();

    public long AddTenant(string name) => throw NotHere();

    private static NotSupportedException NotHere() => new("A simulation has no keys and tenants.");
}
