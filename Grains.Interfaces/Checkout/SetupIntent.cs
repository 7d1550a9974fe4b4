namespace Grains.Interfaces.Checkout;

/// <summary>A card that is prepared for later payments.</summary>
public sealed record SetupIntent
{
    public required string Id { get; init; }

    public string Object => "setup_intent";

    public IReadOnlyList<string>? AllowedPaymentMethodTypes => null;

    public string? Application => null;

    public AutomaticPaymentMethods? AutomaticPaymentMethods { get; init; }

    public string? CancellationReason { get; init; }

    public required string ClientSecret { get; init; }

    public required long Created { get; init; }

    public string? Customer { get; init; }

    public string? CustomerAccount => null;

    public string? Description { get; init; }

    public IReadOnlyList<string>? ExcludedPaymentMethodTypes => null;

    public IReadOnlyList<string>? FlowDirections => null;

    public PaymentError? LastSetupError { get; init; }

    public string? LatestAttempt => null;

    public bool Livemode => false;

    public string? Mandate => null;

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = EmptyMetadata.Value;

    public NextAction? NextAction { get; init; }

    public string? OnBehalfOf => null;

    public string? PaymentMethod { get; init; }

    public string? PaymentMethodConfigurationDetails => null;

    public SetupMethodOptions PaymentMethodOptions => new();

    public IReadOnlyList<string> PaymentMethodTypes { get; init; } = ["card"];

    public string? SingleUseMandate => null;

    public required string Status { get; init; }

    /// <summary><c>off_session</c> or <c>on_session</c>.</summary>
    public required string Usage { get; init; }
}

public sealed record SetupMethodOptions
{
    public SetupCardOptions Card => new();
}

public sealed record SetupCardOptions
{
    public string? MandateOptions => null;

    public string? Network => null;

    public string RequestThreeDSecure => "automatic";
}
