/**
 * Removes the passwords of all server addresses from a text, so that it can be shown. A password with special
 * characters that are not encoded may contain anything, so everything before the last "@" is removed then.
 */
export function removePasswords(text: string): string {
  return text.replaceAll(/(\brediss?:\/\/)(\S*)@/g, (_whole, scheme: string, credentials: string) => {
    const [user = ""] = /^[^:@/?#]*(?=:[^:@/?#]*$)/.exec(credentials) ?? [];
    return `${scheme}${user}:***@`;
  });
}
