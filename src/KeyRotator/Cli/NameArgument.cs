using System.CommandLine;
using System.CommandLine.Parsing;

namespace KeyRotator.Cli;

/// <summary>Arguments that are names of something configured. An option that does not exist is not taken for a name.</summary>
internal static class NameArgument
{
    /// <summary>Any number of names; none means all.</summary>
    public static Argument<string[]> Many(string name, string description)
    {
        var argument = new Argument<string[]>(name)
        {
            Description = description,
            Arity = ArgumentArity.ZeroOrMore,
            DefaultValueFactory = _ => [],
        };
        argument.Validators.Add(RefuseOptions);
        return argument;
    }

    /// <summary>One name or more.</summary>
    public static Argument<string[]> Some(string name, string description)
    {
        var argument = new Argument<string[]>(name) { Description = description, Arity = ArgumentArity.OneOrMore };
        argument.Validators.Add(RefuseOptions);
        return argument;
    }

    /// <summary>One name.</summary>
    public static Argument<string> One(string name, string description)
    {
        var argument = new Argument<string>(name) { Description = description };
        argument.Validators.Add(RefuseOptions);
        return argument;
    }

    /// <summary>One name, or none.</summary>
    public static Argument<string> OneOrNone(string name, string description)
    {
        var argument = One(name, description);
        argument.Arity = ArgumentArity.ZeroOrOne;
        return argument;
    }

    /// <summary>What the names mean, in their order; all of it in the order of names where there is none.</summary>
    /// <exception cref="CliException">One of them means nothing.</exception>
    public static IReadOnlyList<T> Resolve<T>(string what, IReadOnlyDictionary<string, T> known, IReadOnlyCollection<string> names)
    {
        if (names.Count == 0)
        {
            return [.. known.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Value)];
        }

        return [.. names.Select(name => known.TryGetValue(name, out var value) ? value : throw Unknown(what, name, [.. known.Keys]))];
    }

    /// <summary>A name that does not exist, with the nearest that does.</summary>
    public static CliException Unknown(string what, string name, IReadOnlyCollection<string> known)
    {
        var hint = known.Count == 0 ? $" No {what} is configured." : Typed.Suggest(name, known);
        return CliException.Usage($"Unknown {what} {Typed.Show(name)}.{hint}");
    }

    private static void RefuseOptions(ArgumentResult result)
    {
        if (result.Tokens.FirstOrDefault(token => token.Value.StartsWith('-')) is { } stray)
        {
            var options = UsageErrors.Options(result.Parent);
            result.AddError($"Unknown option {Typed.Show(stray.Value)}.{Typed.Suggest(stray.Value, options)}");
        }
    }
}
