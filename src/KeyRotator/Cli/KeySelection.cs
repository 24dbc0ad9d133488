using System.CommandLine;
using KeyRotator.Configuration;
using KeyRotator.Keys;

namespace KeyRotator.Cli;

/// <summary>The keys that a command line names.</summary>
internal static class KeySelection
{
    /// <summary>The argument <c>KEY…</c>: any number of ids; none means all.</summary>
    public static Argument<string[]> Argument() => Names("KEY", "Ids of keys; all where none is named", ArgumentArity.ZeroOrMore);

    /// <summary>An argument of names. An option that does not exist is not taken for one.</summary>
    public static Argument<string[]> Names(string name, string description, ArgumentArity arity)
    {
        var argument = new Argument<string[]>(name) { Description = description, Arity = arity, DefaultValueFactory = _ => [] };
        argument.Validators.Add(result =>
        {
            if (result.Tokens.FirstOrDefault(token => token.Value.StartsWith('-')) is { } stray)
            {
                var options = (result.Parent as System.CommandLine.Parsing.CommandResult)?.Command.Options.Select(option => option.Name) ?? [];
                result.AddError($"Unknown option {Typed.Show(stray.Value)}.{Typed.Suggest(stray.Value, options)}");
            }
        });
        return argument;
    }

    /// <summary>The named keys in the order of the inventory, or all.</summary>
    /// <exception cref="CliException">One of them is not in the inventory.</exception>
    public static IReadOnlyList<ManagedKey> Choose(Settings settings, IReadOnlyList<string> ids)
    {
        if (ids.Count == 0)
        {
            return settings.Keys;
        }

        var named = ids.ToHashSet(StringComparer.Ordinal);
        List<ManagedKey> chosen = [.. settings.Keys.Where(key => named.Remove(key.Id.Value))];
        return named.Count == 0 ? chosen : throw Unknown("key", named.First(), settings.Keys.Select(key => key.Id.Value));
    }

    /// <summary>A name that does not exist, with the nearest that does.</summary>
    public static CliException Unknown(string what, string name, IEnumerable<string> known)
    {
        var names = known.ToList();
        var hint = names.Count == 0 ? $" No {what} is configured." : Typed.Suggest(name, names);
        return CliException.Usage($"Unknown {what} {Typed.Show(name)}.{hint}");
    }
}
