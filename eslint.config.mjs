import { readFileSync } from "node:fs";
import tseslint from "typescript-eslint";

import * as variableTime from "./scripts/house/variableTime.mjs";

/** A room's imports by the table in scripts/house/rules.json; test/architecture.test.ts holds the same table and cycles. */
function roomRules([room, { rooms: mayImport, packages }]) {
  const allRooms = [...Object.keys(rooms.typescript), "typechain-types", "test", "bench"].filter(
    (name) => name !== "src",
  );
  const allowed = (other) => [room, ...mayImport].some((name) => other === name || other.startsWith(`${name}/`));
  const forbidden = allRooms.filter((other) => !allowed(other)).map((other) => other.replace(/^src\//, ""));
  const packagePattern = packages.map((name) => (/[/:]$/.test(name) ? name : `${name}($|/)`)).join("|");
  const patterns = [
    { regex: `^(\\.\\./)+(src/)?(${forbidden.join("|")})(/|$)`, message: `${room} may not import that room.` },
    { regex: `^(?!\\.)${packagePattern && `(?!${packagePattern})`}`, message: `${room} may not import that package.` },
  ];
  return { files: [`${room}/**/*.ts`], rules: { "@typescript-eslint/no-restricted-imports": ["error", { patterns }] } };
}

const rooms = JSON.parse(readFileSync(new URL("./scripts/house/rules.json", import.meta.url), "utf8"));

const noEnum = { selector: "TSEnumDeclaration", message: "Use a union of string literals." };
const noDefaultExport = { selector: "ExportDefaultDeclaration", message: "Export by name." };
const inProduct = [
  { selector: "ThrowStatement > NewExpression[callee.name='Error']", message: "Throw an NkmsError with a code." },
  {
    selector: "ExportAllDeclaration, ExportNamedDeclaration[source]",
    message: "No barrels: only the package's entries hand names on.",
  },
  { selector: "MemberExpression[object.name='Math'][property.name='random']", message: "Randomness is a parameter." },
];
const syntax = (...selectors) => ({ "no-restricted-syntax": ["error", noEnum, ...selectors] });

export default tseslint.config(
  { ignores: ["node_modules", "artifacts", "cache", "coverage", "dist", "typechain-types", "**/*.cjs"] },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      eqeqeq: "error",
      "no-console": "error",
      "no-var": "error",
      "prefer-const": "error",
      "no-warning-comments": ["error", { terms: ["todo", "fixme", "xxx", "hack"] }],
      "max-lines": ["error", { max: 450 }],
      "max-lines-per-function": ["error", { max: 70, skipBlankLines: true, skipComments: true }],
      "@typescript-eslint/consistent-type-imports": [
        "error",
        { fixStyle: "separate-type-imports", disallowTypeAnnotations: false },
      ],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "@typescript-eslint/require-await": "off",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      ...syntax(noDefaultExport, variableTime.elsewhere),
    },
  },
  { files: ["src/**/*.ts", "tasks/**/*.ts"], rules: syntax(noDefaultExport, variableTime.inSrc, ...inProduct) },
  ...variableTime.ofCallers.map(({ file, rule }) => ({
    files: [file],
    rules: syntax(noDefaultExport, rule, ...inProduct),
  })),
  { files: variableTime.outsideSource, rules: syntax(noDefaultExport) },
  { files: ["src/index.ts", "src/crypto/index.ts"], rules: syntax(noDefaultExport, variableTime.inSrc, inProduct[0]) },
  { files: ["src/crypto/**/*.ts"], rules: { "max-lines": ["error", { max: 700 }] } },
  {
    files: ["src/crypto/**/*.ts", "src/protocol/**/*.ts", "src/{bytes,errors}.ts"],
    rules: {
      "no-restricted-globals": [
        "error",
        "Buffer",
        "Date",
        "fetch",
        "process",
        "setTimeout",
        "setInterval",
        "performance",
      ],
      "no-restricted-properties": [
        "error",
        ...["process", "fetch", "performance"].map((property) => ({ object: "globalThis", property })),
      ],
    },
  },
  ...Object.entries(rooms.typescript).map(roomRules),
  { files: ["tasks/**/*.ts", "scripts/**/*.ts", "bench/**/*.ts"], rules: { "no-console": "off" } },
  {
    files: ["test/**/*.ts", "bench/**/*.ts"],
    rules: {
      "max-lines": ["error", { max: 700 }],
      "max-lines-per-function": "off",
      "@typescript-eslint/no-unused-expressions": "off",
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      "@typescript-eslint/unbound-method": "off",
    },
  },
  { files: ["hardhat*.config.ts", "deploy/modules/**/*.ts"], rules: syntax() },
);
