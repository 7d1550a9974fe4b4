using Grains.Interfaces.Events;

namespace Ledger;

/// <summary>
/// Which rows are counted as payments, and for whom. A payment counts where it ends, once for everyone. A transfer to another
/// shard counts there for the creditor's tenant, where that is not the debtor's, for which it counts at home.
/// </summary>
internal static class TallyRule
{
    /// <summary>Stands for all tenants; as a tenant's number it is the system accounts', that nobody's key has.</summary>
    public const long Everyone = 0;

    public static bool IsCounted(LogRow row) =>
        row.Type is EventType.PaymentSettled or EventType.PaymentRejected or EventType.TransferCredited or EventType.TransferRefused;

    public static bool IsSettled(LogRow row) => row.Type is EventType.PaymentSettled or EventType.TransferCredited;

    /// <summary>The tenants, other than everyone, that the row counts for; <see cref="Everyone"/> where there is no such one.</summary>
    public static (bool ForEveryone, long First, long Second) Tenants(LogRow row, long debtorTenant, long creditorTenant) => row.Type.IsOfTransfer()
        ? (false, Everyone, creditorTenant == row.Tenant ? Everyone : creditorTenant)
        : (true, debtorTenant, creditorTenant == debtorTenant ? Everyone : creditorTenant);
}
