using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Gateway.Sandbox;
using Grains.Interfaces.Values;
using Ledger;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Gateway.Keys;

/// <summary>
/// Finds the caller of a request. Keys are remembered by their SHA-256 alone, so that no secret is kept or compared; a key that
/// is revoked through <see cref="Revoke"/> is forgotten at once, one that another process revokes after
/// <see cref="GatewayOptions.KeyMemoryMs"/>.
/// </summary>
public sealed class ApiKeys(IRegistry registry, IEnumerable<ICallerSource> sources, IOptions<GatewayOptions> options, TimeProvider timeProvider)
{
    /// <summary>Remembered keys; beyond it, all are forgotten and read again as they are used.</summary>
    private const int Capacity = 100_000;

    /// <summary>Longer than any key of ours.</summary>
    private const int MaxKeyLength = 256;

    private const string Scheme = "Bearer ";

    private readonly ConcurrentDictionary<UInt128, Remembered> remembered = new();
    private readonly ICallerSource[] sources = [.. sources];
    private readonly bool isSandbox = options.Value.Sandbox;
    private readonly TimeSpan memory = TimeSpan.FromMilliseconds(options.Value.KeyMemoryMs);

    /// <summary>The caller; null where the request has no valid key.</summary>
    public Caller? Find(HttpContext context)
    {
        var authorization = context.Request.Headers.Authorization;
        if (authorization.Count == 1 && authorization[0] is { } header && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return Find(header.AsSpan(Scheme.Length).Trim());
        foreach (var source in sources)
            if (source.Find(context) is { } caller)
                return caller;
        return null;
    }

    /// <summary>The caller that has this key; null where there is no such key.</summary>
    public Caller? Find(ReadOnlySpan<char> key)
    {
        if (key.IsEmpty || key.Length > MaxKeyLength)
            return null;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Hash(key, hash);
        return FindByHash(hash);
    }

    /// <summary>The caller whose key has this SHA-256; null where there is no such key, or it was revoked.</summary>
    public Caller? FindByHash(ReadOnlySpan<byte> hash)
    {
        var name = System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash);
        var now = timeProvider.GetTimestamp();
        if (remembered.TryGetValue(name, out var known) && timeProvider.GetElapsedTime(known.At, now) < memory)
            return known.Caller;
        return Read(name, hash.ToArray(), now);
    }

    public bool Revoke(string label, long atMs)
    {
        var revoked = registry.RevokeKey(label, atMs);
        remembered.Clear();
        return revoked;
    }

    /// <summary>A secret's hash, as the registry keeps it.</summary>
    public static byte[] Hash(string key)
    {
        var hash = new byte[SHA256.HashSizeInBytes];
        Hash(key.AsSpan(), hash);
        return hash;
    }

    private static void Hash(ReadOnlySpan<char> key, Span<byte> hash)
    {
        Span<byte> bytes = stackalloc byte[MaxKeyLength * 3];
        Sha256.Hash(bytes[..Encoding.UTF8.GetBytes(key, bytes)], hash);
    }

    private Caller? Read(UInt128 name, byte[] hash, long now)
    {
        // A data directory that once was a sandbox still has the sandbox's keys.
        if (registry.FindKey(hash) is not { RevokedAtMs: null } key || (!isSandbox && SandboxSeed.IsPublic(key)))
        {
            remembered.TryRemove(name, out _);
            return null;
        }

        if (remembered.Count >= Capacity)
            remembered.Clear();
        var caller = new Caller(key.Tenant, key.TenantName, key.Role) { Label = SandboxSeed.NameOf(key) };
        remembered[name] = new Remembered(caller, now);
        return caller;
    }

    private sealed record Remembered(Caller Caller, long At);
}
