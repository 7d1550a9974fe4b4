using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using Ledger.EventLog;

namespace Ledger.Archive;

/// <summary>
/// The form of a segment, gzip over: magic, first position, the hash before; each commit as the count of its rows, the rows, and its
/// hash; a count of 0 and the last position. Integers are big-endian, as in the canonical bytes of a row.
/// </summary>
internal static class SegmentFile
{
    /// <summary>A row longer than this was not written by us.</summary>
    private const int LongestRow = 16 * 1024 * 1024;

    private const string Extension = ".log.gz";

    private static ReadOnlySpan<byte> Magic => "payments-log-1\n"u8;

    public static string Name(long first, long last) => string.Create(CultureInfo.InvariantCulture, $"{first:D16}-{last:D16}{Extension}");

    /// <summary>Whether a file is a segment, finished or not.</summary>
    public static bool IsOne(string path) => path.EndsWith(Extension, StringComparison.Ordinal) || path.EndsWith(DurableFile.Unfinished, StringComparison.Ordinal);

    public static string Hash(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    /// <summary>Writes one segment, commit by commit.</summary>
    public sealed class Writer : IDisposable
    {
        private readonly FileStream file;
        private readonly GZipStream packed;
        private readonly byte[] small = new byte[ArchivedRow.GivenLength];
        private byte[] buffer = new byte[4096];

        public Writer(string path, long firstPosition, byte[] previousHash)
        {
            file = DurableFile.Begin(path);
            packed = new GZipStream(file, CompressionLevel.Optimal, leaveOpen: true);
            packed.Write(Magic);
            Write(firstPosition);
            packed.Write(previousHash);
        }

        public void Add(LogBatch batch)
        {
            Write(batch.Rows.Count);
            foreach (var row in batch.Rows)
            {
                var length = ArchivedRow.WriteFields(row, ref buffer);
                Write(length);
                packed.Write(buffer, 0, length);
                ArchivedRow.WriteGiven(row, small);
                packed.Write(small);
            }

            packed.Write(batch.Hash);
        }

        /// <summary>Ends the file and makes its bytes durable.</summary>
        public void End(long lastPosition)
        {
            Write(0);
            Write(lastPosition);
            packed.Dispose();
            file.Flush(flushToDisk: true);
        }

        public void Dispose()
        {
            packed.Dispose();
            file.Dispose();
        }

        private void Write(int value)
        {
            BinaryPrimitives.WriteInt32BigEndian(small, value);
            packed.Write(small, 0, sizeof(int));
        }

        private void Write(long value)
        {
            BinaryPrimitives.WriteInt64BigEndian(small, value);
            packed.Write(small, 0, sizeof(long));
        }
    }

    /// <summary>The commits of a segment, one at a time, as they stand there.</summary>
    /// <exception cref="InvalidDataException">The file is no segment, or ends early.</exception>
    public static IEnumerable<LogBatch> Read(string path, long firstPosition)
    {
        using var packed = new BufferedStream(new GZipStream(File.OpenRead(path), CompressionMode.Decompress), 1 << 16);
        var small = new byte[ArchivedRow.GivenLength];
        if (!Take(packed, new byte[Magic.Length]).SequenceEqual(Magic) || Int64(packed, small) != firstPosition)
            throw new InvalidDataException($"The file is no segment from position {firstPosition} on.");
        Take(packed, new byte[LeafHash.Size]);
        var (position, buffer) = (firstPosition - 1, Array.Empty<byte>());
        for (int count; (count = Int32(packed, small)) != 0;)
        {
            if (count < 0)
                throw new InvalidDataException($"A commit of {count} rows after position {position}.");
            var (first, rows) = (position + 1, new List<LogRow>(Math.Min(count, 8_192)));
            for (var i = 0; i < count; i++)
            {
                var length = Int32(packed, small);
                if (length is < 0 or > LongestRow)
                    throw new InvalidDataException($"A row of {length} bytes at position {position + 1}.");
                if (buffer.Length < length)
                    buffer = new byte[2 * length];
                Exactly(packed, buffer, length);
                rows.Add(ArchivedRow.Read(buffer.AsSpan(0, length), Take(packed, small), ++position));
            }

            yield return new LogBatch(first, position, Take(packed, new byte[LeafHash.Size]).ToArray(), rows);
        }

        if (Int64(packed, small) != position || packed.ReadByte() >= 0)
            throw new InvalidDataException($"The segment does not end at position {position}.");
    }

    private static ReadOnlySpan<byte> Take(Stream from, byte[] into) => Exactly(from, into, into.Length);

    private static int Int32(Stream from, byte[] into) => BinaryPrimitives.ReadInt32BigEndian(Exactly(from, into, sizeof(int)));

    private static long Int64(Stream from, byte[] into) => BinaryPrimitives.ReadInt64BigEndian(Exactly(from, into, sizeof(long)));

    private static ReadOnlySpan<byte> Exactly(Stream from, byte[] into, int length)
    {
        if (from.ReadAtLeast(into.AsSpan(0, length), length, throwOnEndOfStream: false) < length)
            throw new InvalidDataException("The segment ends early.");
        return into.AsSpan(0, length);
    }
}
