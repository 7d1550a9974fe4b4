namespace Silo.Embedded;

/// <summary>A registered grain contract: how its grains are made. One instance a contract, compared by reference.</summary>
internal sealed class GrainType(string name, Func<string, object> create)
{
    public string Name => name;

    public object Create(string key) => create(key);
}

/// <summary>A grain: its contract and its key.</summary>
internal readonly struct GrainId(GrainType type, string key) : IEquatable<GrainId>
{
    public GrainType Type => type;

    public string Key => key;

    public bool Equals(GrainId other) => ReferenceEquals(Type, other.Type) && string.Equals(Key, other.Key, StringComparison.Ordinal);

    public override bool Equals(object? obj) => obj is GrainId other && Equals(other);

    /// <summary>The key alone: contracts seldom share keys, and equality tells them apart.</summary>
    public override int GetHashCode() => Key.GetHashCode(StringComparison.Ordinal);
}
