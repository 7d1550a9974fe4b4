using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ledger.Backup;

/// <summary>What a backup directory holds; written last, so that a directory without it is no backup.</summary>
public sealed record BackupManifest
{
    public const string FileName = "manifest.json";

    public const int CurrentFormat = 1;

    public required int Format { get; init; }

    /// <summary>The position of the last row of the log that is in it.</summary>
    public required long Position { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required IReadOnlyList<BackupFile> Files { get; init; }

    /// <exception cref="BackupRefusedException">There is none, it cannot be read, or it is of a newer release.</exception>
    public static BackupManifest Read(string backupDirectory)
    {
        var path = Path.Combine(backupDirectory, FileName);
        if (!File.Exists(path))
            throw new BackupRefusedException($"'{backupDirectory}' is no backup: it has no {FileName}.");
        BackupManifest manifest;
        try
        {
            manifest = JsonSerializer.Deserialize(File.ReadAllBytes(path), BackupJson.Default.BackupManifest) ?? throw new JsonException("It says null.");
        }
        catch (JsonException exception)
        {
            throw new BackupRefusedException($"The manifest '{path}' is damaged: {exception.Message}", exception);
        }

        return manifest.Format == CurrentFormat
            ? manifest
            : throw new BackupRefusedException($"The backup '{backupDirectory}' has format {manifest.Format}, this release knows {CurrentFormat}.");
    }

    internal byte[] Encode() => JsonSerializer.SerializeToUtf8Bytes(this, BackupJson.Default.BackupManifest);
}

/// <param name="Sha256">64 hexadecimal digits.</param>
public sealed record BackupFile(string Name, long Size, string Sha256);

/// <summary>A backup, or a restore, that cannot be: nothing was changed.</summary>
public sealed class BackupRefusedException(string message, Exception? inner = null) : Exception(message, inner);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(BackupManifest))]
internal sealed partial class BackupJson : JsonSerializerContext;
