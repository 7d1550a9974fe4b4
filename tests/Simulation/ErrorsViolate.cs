using Microsoft.Extensions.Logging;

namespace Simulation;

/// <summary>What production would log as an error, no run may bring about: a turn that threw with nobody to tell, a replay that failed.</summary>
internal sealed class ErrorsViolate<T>(Action<string> violated) : ILogger<T>
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel >= LogLevel.Error)
            violated($"{typeof(T).Name} logged an error: {formatter(state, exception)} {exception}");
    }
}
