namespace Ledger.Archive;

/// <summary>A closed range of the log in one file of an archive.</summary>
/// <param name="File">Its file, below the archive's directory.</param>
/// <param name="FirstPosition">The position of its first event.</param>
/// <param name="LastPosition">The position of its last event: always the end of a commit.</param>
/// <param name="Batches">Commits in it.</param>
/// <param name="Bytes">The file's length, compressed.</param>
/// <param name="Sha256">The file's SHA-256, in hexadecimal digits.</param>
/// <param name="PreviousHash">The hash of the commit before it, in hexadecimal digits; zeros where there is none.</param>
/// <param name="LastHash">The hash of its last commit, in hexadecimal digits.</param>
/// <param name="NewestTime">The latest time of an event in it, of the product's clock.</param>
public sealed record ArchiveSegment(string File, long FirstPosition, long LastPosition, long Batches, long Bytes, string Sha256, string PreviousHash, string LastHash, DateTimeOffset NewestTime)
{
    public long Rows => LastPosition - FirstPosition + 1;
}
