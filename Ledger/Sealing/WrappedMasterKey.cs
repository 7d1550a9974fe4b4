using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Ledger.Sealing;

/// <summary>
/// The master key where there is no data directory: in the ledger's settings, for every process on it, wrapped (AES-256-GCM)
/// under a key made of a secret that the configuration gives and the database does not have.
/// </summary>
public static class WrappedMasterKey
{
    private const string Setting = "master key";
    private const int SaltSize = 16;
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int HeadSize = 1 + sizeof(int);
    private const byte Format = 1;

    /// <summary>PBKDF2 rounds over a given secret: a guess costs a tenth of a second.</summary>
    private const int Rounds = 210_000;

    /// <summary>Stands for a secret in a sandbox, which has none to keep.</summary>
    private const string NoSecret = "sandbox";

    /// <summary>Reads the ledger's master key; makes it where there is none yet. Two processes that start at once get the same.</summary>
    /// <param name="secret">At least 16 characters; null only where nothing is worth protecting.</param>
    /// <exception cref="InvalidDataException">It was wrapped under another secret, or is damaged.</exception>
    public static MasterKey Load(IRegistry registry, string? secret) =>
        Find(registry, secret) ?? Open(registry.ReadOrAddSetting(Setting, Convert.ToBase64String(Make(secret))), secret);

    /// <summary>Reads the ledger's master key; null where it has none yet, or none of its own. Writes nothing.</summary>
    /// <exception cref="InvalidDataException">It was wrapped under another secret, or is damaged.</exception>
    public static MasterKey? Find(IRegistry registry, string? secret) =>
        registry.ReadSetting(Setting) is { } wrapped ? Open(wrapped, secret) : null;

    private static MasterKey Open(string wrapped, string? secret) => new(Unwrap(Convert.FromBase64String(wrapped), secret));

    // Format, rounds, salt, nonce, ciphertext, tag.
    private static byte[] Make(string? secret)
    {
        var result = new byte[HeadSize + SaltSize + NonceSize + DataKey.Size + TagSize];
        result[0] = Format;
        var rounds = secret is null ? 1 : Rounds;
        BinaryPrimitives.WriteInt32BigEndian(result.AsSpan(1), rounds);
        RandomNumberGenerator.Fill(result.AsSpan(HeadSize, SaltSize + NonceSize));
        using var cipher = Cipher(secret, rounds, result.AsSpan(HeadSize, SaltSize));
        cipher.Encrypt(result.AsSpan(HeadSize + SaltSize, NonceSize), RandomNumberGenerator.GetBytes(DataKey.Size), result.AsSpan(HeadSize + SaltSize + NonceSize, DataKey.Size), result.AsSpan(^TagSize));
        return result;
    }

    private static byte[] Unwrap(byte[] wrapped, string? secret)
    {
        if (wrapped.Length != HeadSize + SaltSize + NonceSize + DataKey.Size + TagSize || wrapped[0] != Format)
            throw new InvalidDataException("The ledger's master key is damaged: restore the database from its backup.");
        var key = new byte[DataKey.Size];
        using var cipher = Cipher(secret, BinaryPrimitives.ReadInt32BigEndian(wrapped.AsSpan(1)), wrapped.AsSpan(HeadSize, SaltSize));
        try
        {
            cipher.Decrypt(wrapped.AsSpan(HeadSize + SaltSize, NonceSize), wrapped.AsSpan(HeadSize + SaltSize + NonceSize, DataKey.Size), wrapped.AsSpan(^TagSize), key);
        }
        catch (AuthenticationTagMismatchException exception)
        {
            throw new InvalidDataException("The ledger's master key is wrapped under another secret than the configuration gives. Without the right one no personal field can be opened.", exception);
        }

        return key;
    }

    private static AesGcm Cipher(string? secret, int rounds, ReadOnlySpan<byte> salt) =>
        new(Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(secret ?? NoSecret), salt, rounds, HashAlgorithmName.SHA512, DataKey.Size), TagSize);
}
