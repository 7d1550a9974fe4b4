using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Grains.Interfaces.Values;

/// <summary>
/// A caller's idempotency key in its scope, as 16 bytes: 10 of SHA-256 over (tenant, key), then 6 over the scope (the debtor
/// account, for other requests the resource). The key itself is not kept: it is the caller's text and may say anything.
/// All scopes of one (tenant, key) stand beside each other in an index, so that a search by key needs no scope.
/// </summary>
[JsonConverter(typeof(IdempotencyKeyJsonConverter))]
public readonly record struct IdempotencyKey(UInt128 Value)
{
    /// <summary>The longest key a caller may send, in printable ASCII characters.</summary>
    public const int MaxLength = 255;

    /// <summary>The bits below the (tenant, key) part.</summary>
    public const int ScopeBits = 48;

    public bool IsNone => Value == UInt128.Zero;

    public static IdempotencyKey Of(long tenant, string key, string scope) => Of(tenant, key, Scope(scope));

    /// <param name="scope">As <see cref="Scope"/> has it.</param>
    public static IdempotencyKey Of(long tenant, string key, ulong scope)
    {
        Span<byte> text = stackalloc byte[8 + Encoding.UTF8.GetMaxByteCount(MaxLength)];
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        return new IdempotencyKey((Prefix(tenant, key, text, digest) << ScopeBits) | scope);
    }

    /// <summary>48 bits that stand for a scope (an account's id, a resource's path), for who uses it again and again.</summary>
    public static ulong Scope(string scope)
    {
        Span<byte> text = stackalloc byte[Encoding.UTF8.GetMaxByteCount(MaxLength)];
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        Sha256.Hash(text[..Encoding.UTF8.GetBytes(scope, text)], digest);
        return (ulong)BigEndian(digest[..6]);
    }

    /// <summary>The first and last value that any scope of this (tenant, key) can have.</summary>
    public static (IdempotencyKey First, IdempotencyKey Last) RangeOf(long tenant, string key)
    {
        Span<byte> text = stackalloc byte[8 + Encoding.UTF8.GetMaxByteCount(MaxLength)];
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        var first = Prefix(tenant, key, text, digest) << ScopeBits;
        return (new IdempotencyKey(first), new IdempotencyKey(first | ((UInt128.One << ScopeBits) - 1)));
    }

    private static UInt128 Prefix(long tenant, string key, Span<byte> text, Span<byte> digest)
    {
        MemoryMarshal.Write(text, tenant);
        var length = 8 + Encoding.UTF8.GetBytes(key, text[8..]);
        Sha256.Hash(text[..length], digest);
        return BigEndian(digest[..10]);
    }

    private static UInt128 BigEndian(ReadOnlySpan<byte> bytes)
    {
        var value = UInt128.Zero;
        foreach (var part in bytes)
            value = (value << 8) | part;
        return value;
    }
}

/// <summary>A key travels as 32 hexadecimal digits.</summary>
public sealed class IdempotencyKeyJsonConverter : JsonConverter<IdempotencyKey>
{
    public override IdempotencyKey Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(UInt128.Parse(reader.GetString() ?? "", System.Globalization.NumberStyles.HexNumber));

    public override void Write(Utf8JsonWriter writer, IdempotencyKey value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Value.ToString("x32"));
}
