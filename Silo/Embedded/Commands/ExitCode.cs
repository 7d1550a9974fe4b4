namespace Silo.Embedded.Commands;

/// <summary>How every command ends.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>The command found something wrong, or could not do its work.</summary>
    public const int Finding = 1;

    /// <summary>What was asked for cannot be: an unknown option, a value that is refused, a configuration.</summary>
    public const int Usage = 2;
}

/// <summary>A command cannot go on; the message is for the person who typed it.</summary>
internal sealed class CommandFailedException(string message, int exitCode = ExitCode.Finding, Exception? inner = null) : Exception(message, inner)
{
    public int ExitCode => exitCode;
}
