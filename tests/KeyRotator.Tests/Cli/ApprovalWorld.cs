using System.Security.Cryptography;
using System.Text;
using Shouldly;

namespace KeyRotator.Tests.Cli;

/// <summary>The installation with a holding place, an environment whose keys somebody else must approve, and two operators.</summary>
internal static class ApprovalWorld
{
    public const string AnasToken = "ana-0123456789abcdef0123456789abcdef";
    public const string BensToken = "ben-fedcba9876543210fedcba9876543210";

    public const string Variable = "KEYROTATOR_OPERATOR_TOKEN";

    public static async Task<RotateWorld> StartAsync()
    {
        var world = await RotateWorld.StartAsync();
        var yaml = await File.ReadAllTextAsync(world.PathOf("keyrotator.yaml"));
        world.Write("ana.token", AnasToken + "\n");
        world.Write("keyrotator.yaml", yaml
            .With("  search: { provider: mistral,", "  search: { provider: mistral, environment: prod, holding: { store: local, name: next },")
            .With("  chat: { provider: mistral,", "  chat: { provider: mistral, holding: { store: other, name: next },")
            .With("keys:", $$"""
                environments: { prod: { approvals: 1 } }
                operators:
                  ana: { token: "${file:ana.token}" }
                  ben: { tokenHash: "sha256:{{Hash(BensToken)}}" }
                keys:
                """));
        return world;
    }

    /// <summary>Somebody acts from an account, with a token or without.</summary>
    public static RotateWorld As(this RotateWorld world, string account, string? token = null)
    {
        world.Actor = account;
        world.Variables.Remove(Variable);
        if (token is not null)
        {
            world.Variables.Add(Variable, token);
        }

        return world;
    }

    /// <summary>Ana hands a replacement in, which then waits.</summary>
    public static async Task<string> SubmitAsync(this RotateWorld world)
    {
        var value = world.Issue();
        var printed = await world.As("ana@desk").RunAsync(value, ["rotate", "search"]);
        printed.ExitCode.ShouldBe(4, printed.Error);
        return value;
    }

    private static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
