using System.Security.Cryptography;

namespace Ledger.Sealing;

/// <summary>
/// The key that wraps every data key: 32 bytes in a file of its own beside the ledger, made at first run and readable by its
/// owner only. Without it no personal field can be opened any more.
/// </summary>
public sealed class MasterKey : IDisposable
{
    public const string FileName = "master.key";

    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const byte Format = 1;
    private const int WrappedSize = 1 + NonceSize + DataKey.Size + TagSize;

    private readonly byte[] key;

    public MasterKey(byte[] key)
    {
        if (key.Length != DataKey.Size)
            throw new ArgumentException("A master key has 32 bytes.", nameof(key));
        this.key = key;
    }

    /// <summary>Reads the key file of a data directory; makes it where <paramref name="mayCreate"/> says so.</summary>
    /// <exception cref="InvalidDataException">The file is missing though there is a ledger, or is not a key.</exception>
    public static MasterKey Load(string dataDirectory, bool mayCreate)
    {
        var path = Path.Combine(dataDirectory, FileName);
        if (!File.Exists(path))
        {
            if (!mayCreate)
                throw new InvalidDataException($"The key file '{path}' is missing: the ledger's personal fields cannot be opened without it. Restore it from the backup.");
            Create(path);
        }

        var bytes = File.ReadAllBytes(path);
        return bytes.Length == DataKey.Size ? new MasterKey(bytes) : throw new InvalidDataException($"The key file '{path}' has {bytes.Length} bytes instead of {DataKey.Size}: it is damaged. Restore it from the backup.");
    }

    /// <summary>A fresh key of 32 bytes, wrapped: to be stored, since without the master key it opens nothing.</summary>
    public byte[] NewWrappedKey()
    {
        var fresh = RandomNumberGenerator.GetBytes(DataKey.Size);
        var wrapped = new byte[WrappedSize];
        wrapped[0] = Format;
        RandomNumberGenerator.Fill(wrapped.AsSpan(1, NonceSize));
        using var cipher = new AesGcm(key, TagSize);
        cipher.Encrypt(wrapped.AsSpan(1, NonceSize), fresh, wrapped.AsSpan(1 + NonceSize, DataKey.Size), wrapped.AsSpan(^TagSize));
        CryptographicOperations.ZeroMemory(fresh);
        return wrapped;
    }

    /// <summary>Opens a wrapped data key.</summary>
    /// <exception cref="CryptographicException">It was wrapped by another master key, or changed since.</exception>
    public DataKey Unwrap(ReadOnlySpan<byte> wrapped)
    {
        Span<byte> dataKey = stackalloc byte[DataKey.Size];
        Unwrap(wrapped, dataKey);
        var opened = new DataKey(dataKey);
        CryptographicOperations.ZeroMemory(dataKey);
        return opened;
    }

    /// <summary>A key for one purpose, the same at every start, from which this one cannot be found.</summary>
    public byte[] Derive(string purpose) => HKDF.Expand(HashAlgorithmName.SHA256, key, DataKey.Size, System.Text.Encoding.UTF8.GetBytes(purpose));

    /// <summary>Opens a wrapped key that seals no row: its 32 bytes.</summary>
    /// <exception cref="CryptographicException">It was wrapped by another master key, or changed since.</exception>
    public void Unwrap(ReadOnlySpan<byte> wrapped, Span<byte> opened)
    {
        if (wrapped.Length != WrappedSize || wrapped[0] != Format)
            throw new CryptographicException("Not a wrapped key.");
        using var cipher = new AesGcm(key, TagSize);
        cipher.Decrypt(wrapped.Slice(1, NonceSize), wrapped.Slice(1 + NonceSize, DataKey.Size), wrapped[^TagSize..], opened);
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(key);

    private static void Create(string path)
    {
        var temporary = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(temporary, options))
        {
            file.Write(RandomNumberGenerator.GetBytes(DataKey.Size));
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path);
    }
}
