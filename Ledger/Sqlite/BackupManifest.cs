using System.Security.Cryptography;
using System.Text.Json;
using Ledger.Sealing;

namespace Ledger.Sqlite;

/// <summary>What a backup consists of, so that a restore knows whether it is whole.</summary>
/// <param name="Format">The manifest's own form.</param>
/// <param name="CreatedAt">When the backup was made, by the machine's clock.</param>
/// <param name="LastPosition">The newest event in it.</param>
/// <param name="Files">Its files, each with its SHA-256.</param>
public sealed record BackupManifest(int Format, DateTimeOffset CreatedAt, long LastPosition, IReadOnlyList<BackupFile> Files)
{
    public const string FileName = "backup.json";

    private const int KnownFormat = 1;
    private const int BufferBytes = 1 << 20;

    private static readonly string[] Names = [SqliteStore.FileName, MasterKey.FileName];
    private static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public long Bytes => Files.Sum(static file => file.Bytes);

    /// <summary>Reads a backup's manifest, and compares every file with it.</summary>
    /// <param name="directory">The backup.</param>
    /// <param name="progress">Is told the bytes read, and all bytes.</param>
    /// <param name="cancellationToken">Ends the comparison.</param>
    /// <exception cref="InvalidDataException">It is no whole backup; the message names the file.</exception>
    public static BackupManifest Verify(string directory, Action<long, long> progress, CancellationToken cancellationToken)
    {
        var manifest = Read(directory);
        long read = 0;
        foreach (var file in manifest.Files)
        {
            var path = Path.Combine(directory, file.Name);
            if (!File.Exists(path))
                throw new InvalidDataException($"The backup lacks '{file.Name}', which its manifest lists.");
            if (new FileInfo(path).Length != file.Bytes)
                throw new InvalidDataException($"'{file.Name}' has {new FileInfo(path).Length} bytes instead of {file.Bytes}.");
            var hash = Hash(path, done => progress(read + done, manifest.Bytes), cancellationToken);
            if (hash != file.Sha256)
                throw new InvalidDataException($"'{file.Name}' is not the file that was backed up: its SHA-256 is {hash} instead of {file.Sha256}.");
            read += file.Bytes;
        }

        return manifest;
    }

    /// <summary>Describes the files of a backup, and makes them durable.</summary>
    internal static BackupManifest Of(string directory, DateTimeOffset createdAt, CancellationToken cancellationToken)
    {
        var lastPosition = ReadLastPosition(Path.Combine(directory, SqliteStore.FileName));
        var files = new List<BackupFile>();
        foreach (var name in Names)
        {
            var path = Path.Combine(directory, name);
            using (var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite))
                file.Flush(flushToDisk: true);
            files.Add(new BackupFile(name, new FileInfo(path).Length, Hash(path, static _ => { }, cancellationToken)));
        }

        return new BackupManifest(KnownFormat, createdAt, lastPosition, files);
    }

    internal void Write(string directory)
    {
        var path = Path.Combine(directory, FileName);
        using (var file = new FileStream(path + ".new", FileMode.Create, FileAccess.Write))
        {
            JsonSerializer.Serialize(file, this, Form);
            file.Flush(flushToDisk: true);
        }

        File.Move(path + ".new", path);
    }

    private static BackupManifest Read(string directory)
    {
        var path = Path.Combine(directory, FileName);
        if (!File.Exists(path))
            throw new InvalidDataException($"'{directory}' is no backup, or was never finished: it has no '{FileName}'.");
        try
        {
            var manifest = JsonSerializer.Deserialize<BackupManifest>(File.ReadAllBytes(path), Form);
            return manifest is { Format: KnownFormat, Files: not null } && manifest.Files.Select(static file => file.Name).Order().SequenceEqual(Names.Order())
                ? manifest
                : throw new InvalidDataException($"'{path}' is not a manifest that this release knows.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"'{path}' is damaged: {exception.Message}", exception);
        }
    }

    private static string Hash(string path, Action<long> progress, CancellationToken cancellationToken)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes, FileOptions.SequentialScan);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BufferBytes];
        long done = 0;
        for (int count; (count = file.Read(buffer)) > 0; progress(done += count))
        {
            cancellationToken.ThrowIfCancellationRequested();
            hash.AppendData(buffer.AsSpan(0, count));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    // Closed again before the file is described: reading makes no change.
    private static long ReadLastPosition(string path)
    {
        using var database = new SqliteDatabase(path, SqliteAccess.Read);
        var select = database.Statement("SELECT coalesce(max(last_position), 0) FROM batch");
        select.Step();
        var position = select.Int64(0);
        select.Reset();
        return position;
    }
}

/// <summary>A file of a backup.</summary>
public sealed record BackupFile(string Name, long Bytes, string Sha256);
