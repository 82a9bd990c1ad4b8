using System.IO.Compression;

namespace Lathe.ArtifactTests;

/// <summary>Models in projects of other frameworks than .NET 10, and of several: the packages as a release has them.</summary>
public sealed class DotnetFrameworkTests(DotnetFrameworkTests.Packages packages) : IClassFixture<DotnetFrameworkTests.Packages>, IDisposable
{
    /// <summary>The packages for all frameworks; made when the first long test asks for them.</summary>
    public sealed class Packages : IDisposable
    {
        private readonly Lazy<All> all = new(() => new All());

        public DotnetPackages Made => all.Value;

        public void Dispose()
        {
            if (all.IsValueCreated) all.Value.Dispose();
        }

        private sealed class All() : DotnetPackages("all");
    }

    private readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    /// <summary>The package holds the runtime for .NET 8 too, and the class compiles as C# 12. Where no .NET 8 is, a later one runs the program.</summary>
    [LongFact]
    public void A_program_of_net_8_runs_a_model()
    {
        scratch.Write("app.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net8.0</TargetFramework><TreatWarningsAsErrors>true</TreatWarningsAsErrors><GenerateDocumentationFile>true</GenerateDocumentationFile><Nullable>enable</Nullable><ImplicitUsings>enable</ImplicitUsings><RollForward>Major</RollForward></PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Lathe.Runtime" Version="0.1.0" />
                <PackageReference Include="Lathe.Build" Version="0.1.0" />
                <TensorModel Include="digits.onnx" />
              </ItemGroup>
            </Project>
            """);
        scratch.Write("Program.cs", """
            using var digits = new app.Digits();
            var scores = new float[app.Digits.Plus214Output0Length];
            foreach (var image in File.ReadAllBytes("digits.bytes").Chunk(app.Digits.Input3Length))
            {
                digits.Run(image.Select(grey => (float)grey).ToArray(), scores);
                Console.Write($"{Array.IndexOf(scores, scores.Max())} ");
            }
            """);
        var told = packages.Made.Shell(scratch.Folder, $"cp $MODELS/opt_mnist/model.onnx digits.onnx; cp $MODELS/opt_mnist/digits/digits.bytes .; {Restore}; dotnet build --no-restore -c Release -v q; dotnet bin/Release/net8.0/app.dll");
        Assert.EndsWith("0 1 2 3 4 5 6 7 8 9", told.Trim(), StringComparison.Ordinal);
    }

    /// <summary>Native code is the same for every framework, and in a package once; who uses the package has it, whichever framework that is of.</summary>
    [LongFact]
    public void A_library_of_several_frameworks_packs_its_models_once()
    {
        foreach (var folder in new[] { "lib", "user" }) Directory.CreateDirectory(scratch[folder]);
        File.WriteAllText(scratch["lib/Acme.Vision.csproj"], """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFrameworks>
                  net8.0;
                  net10.0
                </TargetFrameworks>
                <LathePackRuntimes>linux-x64;win-x64</LathePackRuntimes>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Lathe.Runtime" Version="0.1.0" />
                <PackageReference Include="Lathe.Build" Version="0.1.0" PrivateAssets="all" />
                <TensorModel Include="digits.onnx" Namespace="Acme" />
              </ItemGroup>
            </Project>
            """);
        packages.Made.Shell(scratch["lib"], $"cp $MODELS/opt_mnist/model.onnx digits.onnx; {Restore}; dotnet pack --no-restore -c Release -o ../feed");
        using (var package = ZipFile.OpenRead(scratch["feed/Acme.Vision.1.0.0.nupkg"]))
            Assert.Equal(["lib/net10.0/Acme.Vision.dll", "lib/net8.0/Acme.Vision.dll", "runtimes/linux-x64/native/libDigits.so", "runtimes/win-x64/native/Digits.dll"],
                package.Entries.Select(e => e.FullName).Where(n => n.EndsWith(".dll", StringComparison.Ordinal) || n.EndsWith(".so", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        scratch.Write("user/user.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><OutputType>Exe</OutputType><TargetFrameworks>net8.0;net10.0</TargetFrameworks><RollForward>Major</RollForward></PropertyGroup>
              <ItemGroup><PackageReference Include="Acme.Vision" Version="1.0.0" /></ItemGroup>
            </Project>
            """);
        scratch.Write("user/Program.cs", """
            using var digits = new Acme.Digits();
            var (image, scores) = (new float[Acme.Digits.Input3Length], new float[Acme.Digits.Plus214Output0Length]);
            digits.Run(image, scores);
            System.Console.WriteLine(digits.Model.Contract.Name);
            """);
        packages.Made.Shell(scratch["user"], $"{Restore}%3B{scratch["feed"]} && dotnet build --no-restore -c Release -v q");
        foreach (var framework in new[] { "net8.0", "net10.0" }) Assert.Equal("Digits", packages.Made.Shell(scratch["user"], $"dotnet bin/Release/{framework}/user.dll").Trim());
    }

    private string Restore => $"dotnet restore -v q -p:NuGetAudit=false -p:RestoreAdditionalProjectSources={packages.Made.Folder}";
}
