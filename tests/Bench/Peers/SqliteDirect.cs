using System.Runtime.InteropServices;
using SQLitePCL;

namespace Bench.Peers;

/// <summary>
/// The few functions of the native SQLite that the raw writer calls a row, with nothing between. Binding takes nanoseconds and
/// never blocks, so the runtime need not prepare for a long call.
/// </summary>
internal static unsafe partial class SqliteDirect
{
    private const string Library = "e_sqlite3";

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_int64")]
    [SuppressGCTransition]
    public static partial int BindInt64(nint statement, int parameter, long value);

    /// <summary>The bytes must stay where they are until the statement has been stepped.</summary>
    [LibraryImport(Library, EntryPoint = "sqlite3_bind_blob")]
    [SuppressGCTransition]
    public static partial int BindBlob(nint statement, int parameter, byte* bytes, int length, nint destructor);

    [LibraryImport(Library, EntryPoint = "sqlite3_step")]
    public static partial int Step(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_reset")]
    [SuppressGCTransition]
    public static partial int Reset(nint statement);

    /// <summary>Runs a statement that has its parameters and returns no rows.</summary>
    public static void Run(nint statement)
    {
        var result = Step(statement);
        if (result != raw.SQLITE_DONE)
            throw new InvalidOperationException($"SQLite answers {result}: {raw.sqlite3_errstr(result).utf8_to_string()}.");
        _ = Reset(statement);
    }
}
