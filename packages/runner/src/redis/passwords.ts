/** Removes the passwords of all server addresses from a text, so that it can be shown. */
export function removePasswords(text: string): string {
  return text.replaceAll(/(\brediss?:\/\/[^\s:@/]*:)[^\s/]*@/g, "$1***@");
}
