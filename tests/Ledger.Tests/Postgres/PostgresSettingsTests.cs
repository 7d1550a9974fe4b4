using Ledger.Postgres;

namespace Ledger.Tests.Postgres;

public sealed class PostgresSettingsTests
{
    [Theory]
    [InlineData("Host=127.0.0.1;Database=l", true)]
    [InlineData("Host=localhost;Database=l", true)]
    [InlineData("Host=::1;Database=l", true)]
    [InlineData("Host=/var/run/postgresql;Database=l", true)]
    [InlineData("Host=db.bank.example;Database=l", false)]
    [InlineData("Host=10.0.0.7;Database=l;SSL Mode=Require", false)]
    [InlineData("Host=10.0.0.7;Database=l;SSL Mode=VerifyCA", false)]
    [InlineData("Host=127.0.0.1,10.0.0.7;Database=l", false)]
    [InlineData("Host=10.0.0.7;Database=l;SSL Mode=VerifyFull", true)]
    public void Production_verifies_a_server_on_another_machine(string text, bool isAllowed)
    {
        PostgresSettings.Parse(text, isProduction: false);
        if (isAllowed)
            PostgresSettings.Parse(text, isProduction: true);
        else
            Assert.Contains("VerifyFull", Assert.Throws<ArgumentException>(() => PostgresSettings.Parse(text, isProduction: true)).Message);
    }

    [Theory]
    [InlineData("Database=l")]
    [InlineData("Host=h")]
    [InlineData("Host=h;Database=l;Nonsense=1")]
    public void What_names_no_database_is_refused(string text) =>
        Assert.Throws<ArgumentException>(() => PostgresSettings.Parse(text, isProduction: false));

    [Fact]
    public void Messages_have_no_password() =>
        Assert.Equal("h:5432/l", PostgresSettings.Parse("Host=h;Database=l;Username=u;Password=hidden", isProduction: false).Place);
}
