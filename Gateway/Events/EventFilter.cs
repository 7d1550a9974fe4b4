using Gateway.Wire;
using Grains.Interfaces.Events;

namespace Gateway.Events;

/// <summary>Which events a reader asks for.</summary>
internal sealed record EventFilter(string? TypeName, string? Subject)
{
    /// <summary>Types that later parts of the product append; asking for them is not a mistake.</summary>
    private static readonly string[] OtherTypes =
    [
        "payment.submitted", "payment.accepted_without_posting", "payment.unresolved", "payment.recall_requested", "payment.recall_answered",
        "fraud.alert_raised",
        "webhook.delivery_failed", "ledger.checkpoint_signed",
    ];

    public static EventFilter Read(QueryParameters query)
    {
        var type = query.Text("type");
        if (type is not null && !EventTypeName.TryParse(type, out _) && !OtherTypes.Contains(type))
            query.Errors.Add("type", "is not a type of event.");
        return new EventFilter(type, query.Text("subject"));
    }

    public bool Takes(EventType type) => TypeName is null || TypeName == type.Name();

    public bool TakesSubject(string subject) => Subject is null || Subject == subject;
}
