using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Grains.Interfaces.Values;

/// <summary>
/// The name of an account: 1–34 characters of <c>A–Z a–z 0–9 : _ -</c>. The part before the first colon is its shard key
/// (<c>merchant_7:balance</c>); a plain id is its own.
/// </summary>
[JsonConverter(typeof(AccountIdJsonConverter))]
public readonly record struct AccountId
{
    /// <summary>ISO 20022 Max34Text, the length of an account identification.</summary>
    public const int MaxLength = 34;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789:_-");

    private readonly string? value;

    private AccountId(string value) => this.value = value;

    public string Value => value ?? throw new InvalidOperationException("The default AccountId names no account.");

    public ReadOnlySpan<char> ShardKey
    {
        get
        {
            var colon = Value.IndexOf(':', StringComparison.Ordinal);
            return colon < 0 ? Value : Value.AsSpan(0, colon);
        }
    }

    /// <summary>System accounts (<c>system:transit</c>, <c>system:funding</c>, …) are debited by everyone: no version, no rule.</summary>
    public bool IsSystem => ShardKey is "system";

    public static bool TryParse(string? text, out AccountId id)
    {
        id = default;
        if (string.IsNullOrEmpty(text) || text.Length > MaxLength || text.AsSpan().ContainsAnyExcept(Allowed) || text[0] == ':')
            return false;
        id = new AccountId(text);
        return true;
    }

    public static AccountId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is not an account id.");

    public override string ToString() => Value;
}

/// <summary>An account id travels as its text.</summary>
public sealed class AccountIdJsonConverter : JsonConverter<AccountId>
{
    public override AccountId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        AccountId.Parse(reader.GetString() ?? "");

    public override void Write(Utf8JsonWriter writer, AccountId value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Value);
}
