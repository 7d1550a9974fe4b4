using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Gateway.Keys;
using Ledger;
using Ledger.Sealing;
using Microsoft.Extensions.Options;

namespace Gateway.ConsolePages;

/// <summary>
/// What a browser's session cookie holds: which key signed in (its SHA-256, as the registry knows it) and until when, encrypted and
/// authenticated under a key of the ledger's own, which the master key wraps. So a session outlives a restart of the process, ends when its API key is revoked,
/// and gives nothing away.
/// </summary>
internal sealed class SessionTickets(IRegistry registry, MasterKey masterKey, ApiKeys keys, IOptions<GatewayOptions> options, TimeProvider timeProvider)
{
    private const string Setting = "console session key";
    private const int KeyLength = 32;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int TimeLength = 8;
    private const int TicketLength = NonceLength + TimeLength + SHA256.HashSizeInBytes + TagLength;

    private static readonly byte[] Purpose = "payments console session, version 1"u8.ToArray();

    private readonly byte[] secret = Secret(registry, masterKey);

    public TimeSpan Lifetime { get; } = TimeSpan.FromHours(options.Value.ConsoleSessionHours);

    /// <param name="keyHash">The SHA-256 of the API key that signs in.</param>
    public string Issue(ReadOnlySpan<byte> keyHash)
    {
        Span<byte> plain = stackalloc byte[TimeLength + SHA256.HashSizeInBytes];
        BinaryPrimitives.WriteInt64BigEndian(plain, (timeProvider.GetUtcNow() + Lifetime).ToUnixTimeMilliseconds());
        keyHash.CopyTo(plain[TimeLength..]);
        Span<byte> ticket = stackalloc byte[TicketLength];
        RandomNumberGenerator.Fill(ticket[..NonceLength]);
        using var cipher = new AesGcm(secret, TagLength);
        cipher.Encrypt(ticket[..NonceLength], plain, ticket[NonceLength..^TagLength], ticket[^TagLength..], Purpose);
        return Base64Url.EncodeToString(ticket);
    }

    /// <summary>The session of a ticket; null where it is forged, over, or its key is no longer good.</summary>
    public Session? Find(string text)
    {
        Span<byte> ticket = stackalloc byte[TicketLength];
        if (text.Length != Base64Url.GetEncodedLength(TicketLength) || !Base64Url.TryDecodeFromChars(text, ticket, out var length) || length != TicketLength)
            return null;
        Span<byte> plain = stackalloc byte[TimeLength + SHA256.HashSizeInBytes];
        using var cipher = new AesGcm(secret, TagLength);
        try
        {
            cipher.Decrypt(ticket[..NonceLength], ticket[NonceLength..^TagLength], ticket[^TagLength..], plain, Purpose);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }

        if (BinaryPrimitives.ReadInt64BigEndian(plain) < timeProvider.GetUtcNow().ToUnixTimeMilliseconds())
            return null;
        var keyHash = plain[TimeLength..].ToArray();
        return keys.FindByHash(keyHash) is { } caller ? new Session(caller, keyHash) : null;
    }

    // A ledger of before this was wrapped has the key itself: it is replaced, and browsers sign in anew.
    private static byte[] Secret(IRegistry registry, MasterKey masterKey)
    {
        var wrapped = registry.ReadSetting(Setting) is { } known ? Convert.FromBase64String(known) : [];
        if (wrapped.Length <= KeyLength)
        {
            wrapped = masterKey.NewWrappedKey();
            registry.WriteSetting(Setting, Convert.ToBase64String(wrapped));
        }

        var secret = new byte[KeyLength];
        masterKey.Unwrap(wrapped, secret);
        return secret;
    }
}

/// <summary>A browser that is signed in.</summary>
internal sealed record Session(Caller Caller, byte[] KeyHash);
