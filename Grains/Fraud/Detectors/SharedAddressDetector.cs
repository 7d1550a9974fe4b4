using Grains.Fraud.Features;

namespace Grains.Fraud.Detectors;

/// <summary>
/// One source address pays from many accounts within an hour. Offices and mobile networks share addresses too, so that it takes more
/// accounts, in less time, than a device does.
/// </summary>
public sealed class SharedAddressDetector(IReadOnlyList<long> parameters) : IDetector
{
    private readonly SharedEntity addresses = new("address", WindowMs.Hour, parameters[0]);

    public static DetectorKind Kind { get; } = new(
        "shared_address", "One source address pays from many accounts within an hour",
        [new RuleParameter("min_accounts", "accounts", 12, 2, 200, "Distinct accounts within an hour.")],
        static parameters => new SharedAddressDetector(parameters));

    public DetectorFinding? See(SeenPayment payment) => addresses.See(payment, payment.Address);
}
