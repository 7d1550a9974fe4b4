using Grains.Interfaces.Values;

namespace Grains.Interfaces.Events;

/// <summary>The id of an event, as callers and audits see it: that of its row in the log, whatever account it is of.</summary>
public static class EventId
{
    private const string Prefix = "evt";

    public static string Format(long row) => ResourceId.Format(Prefix, 0, row);
}
