global using System.ComponentModel;
global using System.Globalization;
global using Lathe.Ir;
