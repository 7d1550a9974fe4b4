using Grains.Fraud.Features;

namespace Grains.Fraud.Detectors;

/// <summary>One device pays from many accounts within a day: somebody runs them, or took them over. A family shares a device; it has fewer accounts.</summary>
public sealed class SharedDeviceDetector(IReadOnlyList<long> parameters) : IDetector
{
    private readonly SharedEntity devices = new("device", WindowMs.Day, parameters[0]);

    public static DetectorKind Kind { get; } = new(
        "shared_device", "One device pays from many accounts within a day",
        [new RuleParameter("min_accounts", "accounts", 5, 2, 200, "Distinct accounts within a day.")],
        static parameters => new SharedDeviceDetector(parameters));

    public DetectorFinding? See(SeenPayment payment) => devices.See(payment, payment.Device);
}
