using System.Text.RegularExpressions;

namespace Crash;

/// <summary>
/// A process's system calls, as strace wrote them. Where another thread's call comes between a call's begin and its end, strace writes
/// both on lines of their own, so that the order of lines is the order of begins and ends.
/// </summary>
internal sealed partial class SystemCalls(string file)
{
    private const int Text = 512;
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(200);

    /// <summary>The command line to run the product under.</summary>
    public string[] Strace =>
        ["strace", "-f", "--seccomp-bpf", "-y", "-s", $"{Text}", "-e", "trace=read,recvfrom,recvmsg,write,sendto,sendmsg,pwrite64,fsync,fdatasync", "-o", file];

    public int Count => File.ReadAllLines(file).Length;

    /// <summary>Waits until nothing is called any more: whatever the last request set off is over.</summary>
    public async Task Quiet()
    {
        var patience = DateTime.UtcNow + PaymentsProcess.Patience;
        for (var before = -1; before != Count; await Task.Delay(Rest))
        {
            before = Count;
            Assert.True(DateTime.UtcNow < patience, "The process does not come to rest.");
        }
    }

    /// <summary>What happened on the connection of a client and on the ledger's log, in order, from a line on.</summary>
    public IEnumerable<(int Line, SystemCall Call, string Text)> From(int line)
    {
        var lines = File.ReadAllLines(file);
        var begun = new Dictionary<string, string>();
        for (var i = line; i < lines.Length; i++)
        {
            var thread = Thread().Match(lines[i]).Value;
            var text = lines[i];
            if (text.Contains("<unfinished ...>", StringComparison.Ordinal))
                begun[thread] = text;
            // What is received, and that something is on disk, is known at the end of its call; what is sent counts from its begin.
            var isEnd = !text.Contains("<unfinished ...>", StringComparison.Ordinal);
            var isBegin = !text.Contains(" resumed>", StringComparison.Ordinal);
            var whole = isBegin ? text : begun.GetValueOrDefault(thread, "") + text;
            if (isEnd && IsReceive().IsMatch(whole))
                yield return (i, SystemCall.Received, whole);
            if (isEnd && IsSyncOfLog().IsMatch(whole) && whole.TrimEnd().EndsWith("= 0", StringComparison.Ordinal))
                yield return (i, SystemCall.LogSynced, whole);
            if (isEnd && IsWriteOfLog().IsMatch(whole))
                yield return (i, SystemCall.LogWritten, whole);
            if (isBegin && IsSend().IsMatch(text))
                yield return (i, SystemCall.Sent, text);
        }
    }

    [GeneratedRegex(@"^\d+")]
    private static partial Regex Thread();

    [GeneratedRegex(@"\b(?:recvmsg|recvfrom|read)\(\d+<(?:socket|TCP)")]
    private static partial Regex IsReceive();

    [GeneratedRegex(@"\b(?:sendmsg|sendto|write)\(\d+<(?:socket|TCP)")]
    private static partial Regex IsSend();

    [GeneratedRegex(@"\b(?:fsync|fdatasync)\(\d+<[^>]*ledger\.db-wal>")]
    private static partial Regex IsSyncOfLog();

    [GeneratedRegex(@"\b(?:pwrite64|write)\(\d+<[^>]*ledger\.db-wal>")]
    private static partial Regex IsWriteOfLog();
}

internal enum SystemCall
{
    Received = 1,
    LogWritten = 2,
    LogSynced = 3,
    Sent = 4,
}
