namespace Gateway.Tests;

/// <summary>The sandbox's published keys.</summary>
internal static class Keys
{
    public const string Bank = "sk_sandbox_bank";
    public const string SecondBank = "sk_sandbox_bank2";
    public const string Merchant = "sk_test_sandbox_merchant";
    public const string MerchantPublishable = "pk_test_sandbox_merchant";
    public const string Analyst = "sk_sandbox_analyst";
    public const string SecondAnalyst = "sk_sandbox_analyst2";
    public const string Administrator = "sk_sandbox_admin";
}
